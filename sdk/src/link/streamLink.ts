import type { Client, ClientDuplexStream } from "@grpc/grpc-js";
import { AgentScopeError, AgentServerNotAliveError } from "../errors.js";
import type { Carrier, LinkListener } from "./carrier.js";
import { type Control, decodeControl, encodeControl } from "./control.js";
import { isDebugged, patience } from "./debugged.js";
import { damagedFrame, failureFromWire } from "./failure.js";
import { controlLane, decodeFrame, toLaneOf } from "./frame.js";
import { channelOptions, clientCredentials, loadGrpc, toAgentScopeError } from "./grpcClient.js";
import { keepaliveMs, linkService, maxFrameBytes } from "./linkService.js";
import type { PeerInfo } from "./peer.js";
import type { ServerAccess } from "./serverAccess.js";
import { SocketHold, watchSockets } from "./socketHold.js";

/** A question that waits for its answer. */
interface Locating {
  agentId: string;
  resolve: (lane: number) => void;
  reject: (error: Error) => void;
}

type Stream = ClientDuplexStream<Buffer, Buffer>;

type State =
  | { kind: "new" }
  | { kind: "opening"; client: Client; stream: Stream; timer: NodeJS.Timeout }
  | { kind: "open"; client: Client; stream: Stream }
  | { kind: "broken"; timer: NodeJS.Timeout }
  | { kind: "lost" };

/** After a broken stream: how soon it is opened again, and for how long that is tried, in milliseconds. */
const firstRetryMs = 20;
const longestRetryMs = 1000;
const giveUpMs = 5000;
/** How long a daemon that passes the connection on may be away; once it is back, the server has as long as any other. */
const studioAwayMs = 30_000;
/** Where nothing listens any more the server is gone; a restart of a proxy on the way takes less. */
const refusedGiveUpMs = 300;
const refusedRetryMs = 50;
/** How long the first opening may take. */
const openMs = 10_000;
/**
 * The share of that time, or of what is left of it, after which an opening that nothing was heard of is made anew, once: where a
 * connection is reset just when TLS is ready, Node's HTTP/2 may hear neither of an error nor of an end.
 */
const silentShare = 0.4;

/** gRPC's and Node's, of a connection that was reset, or ended before anything was said. */
const cutWords = /ECONNRESET|Connection dropped|Failed to connect|disconnected before secure TLS/;

/** How often the first opening is tried again where it was cut: somebody was there. */
const maxCutOpenings = 4;

type Credentials = Awaited<ReturnType<typeof clientCredentials>>;

/**
 * The stream to an agent server, opened again when it breaks.
 *
 * 1. One state; the client, stream or timer of a state ends with it.
 * 2. The first opening is tried once: nobody there is an error now. One that is cut is tried again a few times, one that nothing is
 *    heard of once, a broken stream for a while.
 * 3. `lost` is told once, and nothing after it.
 */
export class StreamLink implements Carrier {
  private state: State = { kind: "new" };
  private listener: LinkListener | undefined;
  private access: ServerAccess | undefined;
  private instance: string | undefined;
  private peerDebugged = false;
  private viaStudio = false;
  /** When it broke, or the first opening began. */
  private brokenAt = 0;
  /** When it was last seen that the daemon which passes the connection on is away. */
  private studioAwayAt: number | undefined;
  private hasBeenSilent = false;
  private retryMs = firstRetryMs;
  private cutOpenings = 0;
  private held = false;
  private socketHold: SocketHold | undefined;
  private lastLocate = 0;
  private credentials: Credentials | undefined;
  private readonly locating = new Map<number, Locating>();

  constructor(private readonly options: { id: string; access: ServerAccess | Promise<ServerAccess>; self: PeerInfo }) {
    watchSockets();
    // While a server is being started there is time to load it. Who needs it hears why it can't be.
    loadGrpc().catch(() => {});
  }

  get address(): string {
    return this.access?.address ?? "child process";
  }

  start(listener: LinkListener): void {
    this.listener = listener;
    Promise.resolve(this.options.access).then(
      (access) => {
        this.access = access;
        this.brokenAt = performance.now();
        return this.open();
      },
      (thrown: unknown) => this.lose(thrown as AgentScopeError),
    );
  }

  private async open(): Promise<void> {
    const access = this.access as ServerAccess;
    try {
      const [grpc, { credentials, metadata }] = await Promise.all([loadGrpc(), this.readCredentials(access)]);
      if (this.state.kind === "lost") return;
      const client = new grpc.Client(
        access.address,
        credentials,
        // A process that stands at a breakpoint answers no question for life, and hears no answer.
        channelOptions({ maxMessageBytes: maxFrameBytes, ...(!this.mayPause && { keepaliveMs }) }),
      );
      const { path, requestSerialize, responseDeserialize } = linkService.open;
      const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata);
      this.state = { kind: "opening", client, stream, timer: this.openingTimer() };
      stream.on("data", (bytes: Buffer) => this.received(stream, bytes));
      stream.on("error", (error) => this.ended(stream, error));
      stream.on("end", () => this.ended(stream, undefined));
      const { id, self } = this.options;
      const resume = this.instance !== undefined;
      const peer = isDebugged() ? { ...self, debugged: true } : self;
      this.write(stream, encodeControl({ type: "hello", connection: id, resume, peer }));
    } catch (thrown) {
      this.lose(toAgentScopeError(thrown, access.address));
    }
  }

  /** Files that can't be read for the moment, since no descriptor is left, end no connection: they are taken as they were. */
  private async readCredentials(access: ServerAccess): Promise<Credentials> {
    const before = this.credentials;
    try {
      this.credentials = await clientCredentials(access);
      return this.credentials;
    } catch (error) {
      if (before === undefined) throw error;
      return before;
    }
  }

  /** Something may listen and not answer, or nothing at all be heard of a machine. */
  private openingTimer(): NodeJS.Timeout {
    const isFirst = this.instance === undefined;
    const leftMs = (isFirst ? openMs : giveUpMs) - (performance.now() - (this.studioAwayAt ?? this.brokenAt));
    const limitMs = this.patience(Math.max(leftMs, firstRetryMs)) * (this.hasBeenSilent ? 1 : silentShare);
    return setTimeout(() => this.heardNothing(), limitMs).unref();
  }

  private heardNothing(): void {
    if (this.state.kind !== "opening") return;
    if (!this.hasBeenSilent) {
      this.hasBeenSilent = true;
      const { client, stream } = this.state;
      this.openAfter(0);
      stream.cancel();
      client.close();
    } else if (this.instance === undefined) {
      const message = `No agent server can be reached at ${this.address}: no answer within ${openMs / 1000} s`;
      this.lose(new AgentServerNotAliveError(message, { server: this.address }));
    } else {
      this.lose(this.gone("it answers no more"));
    }
  }

  private openAfter(ms: number): void {
    const timer = setTimeout(() => void this.open(), ms);
    if (!this.held) timer.unref();
    this.state = { kind: "broken", timer };
  }

  private write(stream: Stream, bytes: Uint8Array<ArrayBuffer>): void {
    stream.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  }

  private received(stream: Stream, bytes: Buffer): void {
    if (!("stream" in this.state) || this.state.stream !== stream) return;
    try {
      if (toLaneOf(bytes) === controlLane) this.control(decodeControl(decodeFrame(bytes).body));
      else if (this.state.kind === "open") this.listener?.receive(bytes);
    } catch (thrown) {
      this.abort(damagedFrame(thrown, this.address));
    }
  }

  private control(control: Control): void {
    switch (control.type) {
      case "welcome":
        return this.welcomed(control);
      case "lanes":
        return this.listener?.lanes(control.lanes);
      case "laneLost":
        return this.listener?.laneLost(control.lane, failureFromWire(control.failure));
      case "located": {
        const waiting = this.locating.get(control.id);
        this.locating.delete(control.id);
        if (control.lane !== undefined) waiting?.resolve(control.lane);
        else waiting?.reject(failureFromWire(control.failure));
        return;
      }
      case "bye":
        return this.lose(control.failure ? failureFromWire(control.failure) : this.gone("it was stopped"));
      case "hello":
      case "locate":
        throw new AgentScopeError("INVALID_ARGUMENT", `a client has no answer to ${control.type}`);
    }
  }

  private welcomed({ peer, resumed, remotePort }: Control & { type: "welcome" }): void {
    if (this.state.kind !== "opening") return;
    if (this.instance !== undefined && !(resumed && peer.instance === this.instance)) {
      return this.lose(
        this.gone(peer.instance === this.instance ? "it gave this connection up" : "it was started again"),
      );
    }
    const first = this.instance === undefined;
    this.instance = peer.instance;
    this.peerDebugged = peer.debugged === true;
    this.viaStudio = peer.viaStudio === true;
    const { client, stream, timer } = this.state;
    clearTimeout(timer);
    this.state = { kind: "open", client, stream };
    this.retryMs = firstRetryMs;
    this.hasBeenSilent = false;
    this.studioAwayAt = undefined;
    this.socketHold = new SocketHold(this.held);
    this.socketHold.attach(remotePort, Number(this.address.slice(this.address.lastIndexOf(":") + 1)));
    // Answers to what was asked before the stream broke may be lost.
    for (const [id, { agentId }] of this.locating) this.askWhere(id, agentId);
    if (first) this.listener?.opened({ ...peer, address: this.address });
    else this.listener?.up();
  }

  private ended(stream: Stream, error: Error | undefined): void {
    if (!("stream" in this.state) || this.state.stream !== stream) return;
    const { client, kind } = this.state;
    if (kind === "opening") clearTimeout(this.state.timer);
    client.close();
    const reason = error === undefined ? this.gone("it closed the connection") : toAgentScopeError(error, this.address);
    const neverOpen = this.instance === undefined;
    const cut = cutWords.test(error?.message ?? "");
    if ((neverOpen && !(cut && ++this.cutOpenings <= maxCutOpenings)) || isRefusal(reason)) {
      return this.lose(reason);
    }
    if (kind === "open" || neverOpen) this.brokenAt = performance.now();
    if (kind === "open") this.listener?.down();
    const refused = /ECONNREFUSED|ENOENT/.test(error?.message ?? "");
    if (this.hasGivenUp(refused)) {
      return this.lose(
        this.gone(refused ? "the connection broke, and nothing listens there any more" : reason.rootMessage),
      );
    }
    this.openAfter(refused && !this.viaStudio ? refusedRetryMs : this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, longestRetryMs);
  }

  /** Whether either end may stand at a breakpoint. */
  private get mayPause(): boolean {
    return this.peerDebugged || isDebugged();
  }

  private hasGivenUp(refused: boolean): boolean {
    const now = performance.now();
    if (!refused) return now - (this.studioAwayAt ?? this.brokenAt) > this.patience(giveUpMs);
    if (!this.viaStudio) return now - this.brokenAt > refusedGiveUpMs;
    // The daemon is gone, which tells nothing of the server.
    this.studioAwayAt = now;
    return now - this.brokenAt > studioAwayMs;
  }

  private patience(limitMs: number): number {
    return patience(limitMs, { otherDebugged: this.peerDebugged });
  }

  private gone(how: string): AgentServerNotAliveError {
    return new AgentServerNotAliveError(`the agent server ${this.address} is gone: ${how}`, { server: this.address });
  }

  send(bytes: Uint8Array<ArrayBuffer>): void {
    // While the stream is broken nothing is sent: channels keep what was not acknowledged, and send it again.
    if (this.state.kind === "open") this.write(this.state.stream, bytes);
  }

  /** Tells the other process something beside the calls. */
  tell(control: Control): void {
    this.send(encodeControl(control));
  }

  hold(): void {
    this.held = true;
    this.socketHold?.set(true);
  }

  unhold(): void {
    this.held = false;
    this.socketHold?.set(false);
  }

  locate(agentId: string): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.state.kind === "lost") {
        reject(this.gone("it can't be reached now"));
        return;
      }
      const id = ++this.lastLocate;
      this.locating.set(id, { agentId, resolve, reject });
      this.askWhere(id, agentId);
    });
  }

  private askWhere(id: number, agentId: string): void {
    this.tell({ type: "locate", id, agentId });
  }

  abort(error: AgentScopeError): void {
    this.lose(error);
  }

  private lose(error: AgentScopeError): void {
    if (this.state.kind === "lost") return;
    const { state } = this;
    this.state = { kind: "lost" };
    if ("timer" in state) clearTimeout(state.timer);
    if ("client" in state) {
      state.stream.cancel();
      state.client.close();
    }
    for (const { reject } of this.locating.values()) reject(error);
    this.locating.clear();
    this.listener?.lost(error);
  }
}

/** What another try would end in as well. */
function isRefusal({ code }: AgentScopeError): boolean {
  return code === "UNAUTHENTICATED" || code === "PERMISSION_DENIED";
}
