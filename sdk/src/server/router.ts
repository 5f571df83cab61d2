import { AgentScopeError, AgentServerNotAliveError, type AgentLabel } from "../errors.js";
import type { Control } from "../link/control.js";
import { type FailureFields, failureFromWire, failureToWire } from "../link/failure.js";
import { wasDebugged } from "../link/debugged.js";
import { toLaneOf } from "../link/frame.js";
import type { LaneLoad, PeerInfo } from "../link/peer.js";
import type { ServerAccess } from "../link/serverAccess.js";
import { StreamLink } from "../link/streamLink.js";
import { AgentHost } from "../runtime/agentHost.js";
import { Connection } from "../runtime/connection.js";
import { Endpoint } from "../runtime/endpoint.js";
import type { AgentLeases } from "./agentLeases.js";
import { InboundLink, type InboundLinkListener, type InboundStream } from "./inboundLink.js";
import { selfLink } from "./workerNetwork.js";
import type { FromWorker, ToWorker } from "./workerMessages.js";
import type { WorkerThread } from "./workerThread.js";

/** What a worker says of links. */
export type LinkMessage = Extract<FromWorker, ["frame" | "connect" | "abort" | "locate", ...unknown[]]>;

interface OutboundLink {
  link: StreamLink;
  peer: PeerInfo | undefined;
  workers: Set<WorkerThread>;
  /** Workers there that are gone. */
  lostLanes: Map<number, FailureFields>;
}

/**
 * Passes frames between the streams of a server and its workers, by their lane alone.
 *
 * 1. A worker hears of a link before it gets its first frame.
 * 2. Frames of one lane of one link keep their order.
 */
export class Router implements InboundLinkListener {
  /** The calls of the management service are made from here. */
  readonly endpoint: Endpoint;
  /** From here to the workers. */
  readonly toWorkers: Connection;
  private readonly workers = new Map<number, WorkerThread>();
  private readonly inbound = new Map<string, InboundLink>();
  private readonly outbound = new Map<string, OutboundLink>();
  /** Workers that are gone: others may still have references to their agents. */
  private readonly lostLanes = new Map<number, FailureFields>();

  /** Told of the processes that call. */
  leases: AgentLeases | undefined = undefined;

  /** Ports of callers that come by a tunnel, by that of the tunnel's end here. */
  private readonly callerPorts = new Map<number, number>();

  constructor(
    private readonly self: PeerInfo,
    private readonly maxConnections: number,
  ) {
    const host = new AgentHost({
      serverName: "",
      maxPoolSize: 0,
      maxTimeoutSeconds: 1,
      callTimeoutSeconds: 300,
      findClass: (className) => {
        throw new AgentScopeError("AGENT_NOT_FOUND", `${className}: the I/O thread has no agents`);
      },
    });
    this.endpoint = new Endpoint({
      host,
      lane: 0,
      self,
      network: { connect: () => this.toWorkers, exportUrl: (url) => url },
    });
    this.toWorkers = new Connection(this.endpoint, `${self.instance}-self`, {
      send: (bytes) => this.toLane(selfLink, bytes),
      hold: () => {},
      unhold: () => {},
      abort: (error) => process.emitWarning(error),
      locate: (agentId) => this.locateHere(agentId),
    });
    this.toWorkers.opened(self);
  }

  /** A worker begins to take agents. */
  add(worker: WorkerThread): void {
    this.workers.set(worker.lane, worker);
    if (this.self.address !== "") worker.post(["self", this.self]);
    for (const link of this.inbound.values()) worker.post(["opened", link.id, link.peer]);
    this.lanesChanged();
  }

  get viaStudio(): boolean {
    return this.self.viaStudio === true;
  }

  /** Connections of other processes, those included whose stream is broken for the moment. */
  get callers(): number {
    return this.inbound.size;
  }

  /** The port is open, or the address is another one: workers hear of it before the first frame. */
  addressKnown(): void {
    this.tellWorkers(["self", this.self]);
  }

  /** The workers have more or less to do than before. */
  lanesChanged(): void {
    this.self.lanes = this.laneLoads();
    for (const link of this.inbound.values()) link.tell({ type: "lanes", lanes: this.self.lanes });
    for (const worker of this.workers.values()) worker.post(["lanes", selfLink, this.self.lanes]);
  }

  private laneLoads(): LaneLoad[] {
    return [...this.workers.values()].map(({ lane, agentCount, stuck }) => ({ lane, agents: agentCount, stuck }));
  }

  /** A worker and its agents are gone. */
  remove(worker: WorkerThread, error: AgentScopeError): void {
    const { lane } = worker;
    this.workers.delete(lane);
    const failure = failureToWire(error);
    this.lostLanes.set(lane, failure);
    for (const link of this.inbound.values()) link.tell({ type: "laneLost", lane, failure });
    for (const { link } of this.outbound.values()) link.tell({ type: "laneLost", lane, failure });
    for (const other of this.workers.values()) other.post(["laneLost", selfLink, lane, failure]);
    this.toWorkers.laneLost(lane, error);
  }

  /** A stream has come in, with its first frame. */
  accept(stream: InboundStream, hello: Control & { type: "hello" }): void {
    const { connection: id, resume, peer } = hello;
    const known = this.inbound.get(id);
    const welcome: Control = {
      type: "welcome",
      resumed: resume && known !== undefined,
      peer: { ...this.self, lanes: this.laneLoads(), ...(wasDebugged() && { debugged: true }) },
      remotePort: this.callerPort(portOf(stream.getPeer())),
    };
    if (known !== undefined && resume) {
      known.attach(stream, welcome);
    } else {
      if (known === undefined && this.inbound.size >= this.maxConnections) throw this.tooManyConnections();
      known?.close("it was opened anew");
      const link = new InboundLink(id, peer, this);
      this.inbound.set(id, link);
      link.attach(stream, welcome);
    }
  }

  private tooManyConnections(): AgentScopeError {
    return new AgentScopeError(
      "LIMIT_EXCEEDED",
      `the server has ${this.inbound.size} connections, which is maxConnections (--max-connections)`,
    );
  }

  /** A connection from this port is a tunnel for somebody at another one; `undefined`: it is closed. */
  tunnelled(port: number, callerPort: number | undefined): void {
    if (callerPort === undefined) this.callerPorts.delete(port);
    else this.callerPorts.set(port, callerPort);
  }

  /** By which a caller tells this connection from its others. */
  private callerPort(port: number): number {
    return this.callerPorts.get(port) ?? port;
  }

  opened(link: InboundLink): void {
    this.leases?.callerOpened(link.peer.instance);
    this.tellWorkers(["opened", link.id, link.peer]);
    this.tellLostLanes(link);
  }

  /** What was told while there was no stream, or before it was there. */
  private tellLostLanes(link: InboundLink | StreamLink): void {
    for (const [lane, failure] of this.lostLanes) link.tell({ type: "laneLost", lane, failure });
  }

  frame(link: InboundLink, bytes: Buffer): void {
    this.toLane(link.id, bytes);
  }

  control(link: InboundLink, control: Control): void {
    if (control.type === "locate") {
      void this.tellWhere(link, control);
    } else if (control.type === "laneLost") {
      this.tellWorkers(["laneLost", link.id, control.lane, control.failure]);
    }
  }

  /** Who asks takes hold of the agent. */
  private async tellWhere(link: InboundLink, { id, agentId }: Control & { type: "locate" }): Promise<void> {
    try {
      const lane = await this.locateHere(agentId);
      this.leases?.taken(agentId, link.peer.instance);
      link.tell({ type: "located", id, lane });
    } catch (thrown) {
      link.tell({ type: "located", id, failure: failureToWire(thrown as AgentScopeError) });
    }
  }

  down(link: InboundLink): void {
    this.tellWorkers(["down", link.id]);
  }

  up(link: InboundLink): void {
    this.tellWorkers(["up", link.id]);
    this.tellLostLanes(link);
  }

  lost(link: InboundLink, reason: string): void {
    if (this.inbound.get(link.id) === link) this.inbound.delete(link.id);
    this.leases?.callerLost(link.peer.instance);
    const server = link.peer.address || "the main process";
    const error = new AgentServerNotAliveError(
      `the caller (${server}) of the agent server ${this.self.address} is gone: ${reason}`,
      { server },
    );
    this.tellWorkers(["lost", link.id, failureToWire(error)]);
  }

  private tellWorkers(message: ToWorker): void {
    for (const worker of this.workers.values()) worker.post(message);
  }

  private toLane(link: string, bytes: Uint8Array): void {
    const lane = toLaneOf(bytes);
    // Only the workers answer what this thread asks, and nobody elsewhere in their name.
    if (lane === 0 && link === selfLink) this.toWorkers.receive(bytes);
    else this.workers.get(lane)?.passFrame(link, bytes);
  }

  /** What a worker says of links. */
  fromWorker(worker: WorkerThread, message: LinkMessage): void {
    switch (message[0]) {
      case "frame":
        return this.send(message[1], message[2]);
      case "connect":
        return this.connect(worker, message[1], message[2]);
      case "abort":
        return this.abort(message[1], message[2]);
      case "locate":
        return this.locate(worker, message);
    }
  }

  private send(link: string, bytes: Uint8Array): void {
    if (link === selfLink) this.toLane(selfLink, bytes);
    else (this.inbound.get(link) ?? this.outbound.get(link)?.link)?.send(bytes as Uint8Array<ArrayBuffer>);
  }

  private connect(worker: WorkerThread, id: string, access: ServerAccess): void {
    const known = this.outbound.get(id);
    if (known !== undefined) {
      known.workers.add(worker);
      if (known.peer !== undefined) worker.post(["opened", id, known.peer]);
      for (const [lane, failure] of known.lostLanes) worker.post(["laneLost", id, lane, failure]);
      return;
    }
    const outbound: OutboundLink = {
      link: new StreamLink({ id, access, self: this.self }),
      peer: undefined,
      workers: new Set([worker]),
      lostLanes: new Map(),
    };
    this.outbound.set(id, outbound);
    const tell = (message: ToWorker) => {
      for (const other of outbound.workers) other.post(message);
    };
    outbound.link.start({
      opened: (peer) => {
        outbound.peer = peer;
        tell(["opened", id, peer]);
        this.tellLostLanes(outbound.link);
      },
      receive: (bytes) => this.toLane(id, bytes),
      lanes: (lanes) => tell(["lanes", id, lanes]),
      laneLost: (lane, error) => {
        const failure = failureToWire(error);
        outbound.lostLanes.set(lane, failure);
        tell(["laneLost", id, lane, failure]);
      },
      down: () => tell(["down", id]),
      up: () => {
        tell(["up", id]);
        this.tellLostLanes(outbound.link);
      },
      lost: (error) => {
        if (this.outbound.get(id) === outbound) this.outbound.delete(id);
        tell(["lost", id, failureToWire(error)]);
      },
    });
  }

  private abort(id: string, failure: FailureFields): void {
    const error = failureFromWire(failure);
    const inbound = this.inbound.get(id);
    // Sent again it would pass the limit again: the caller must know.
    if (error.code === "LIMIT_EXCEEDED") inbound?.tell({ type: "bye", failure });
    inbound?.close(error.message);
    this.outbound.get(id)?.link.abort(error);
  }

  private locate(worker: WorkerThread, [, request, link, agentId]: LinkMessage & ["locate", ...unknown[]]): void {
    const located = link === selfLink ? this.locateHere(agentId) : this.outbound.get(link)?.link.locate(agentId);
    (located ?? Promise.reject(noAgent({ name: agentId, id: agentId, server: link }))).then(
      (lane) => worker.post(["located", request, lane, undefined]),
      (thrown: unknown) => worker.post(["located", request, undefined, failureToWire(thrown as AgentScopeError)]),
    );
  }

  /** The lane of an agent of this server; asks the workers where this thread has not heard of it yet. */
  private async locateHere(agentId: string): Promise<number> {
    for (const { lane, agents } of this.workers.values()) if (agents.has(agentId)) return lane;
    // Workers report new agents a moment later: an answered ping means that all reports before it are here.
    await Promise.allSettled([...this.workers.values()].map((worker) => worker.request({ kind: "ping" }, 500)));
    for (const { lane, agents } of this.workers.values()) if (agents.has(agentId)) return lane;
    throw noAgent({ name: agentId, id: agentId, server: this.self.address });
  }

  /** Says good-bye to everybody. */
  close(): void {
    for (const link of [...this.inbound.values()]) {
      link.tell({ type: "bye" });
      link.close("the server stops");
    }
    const error = new AgentServerNotAliveError("the server stops", { server: this.self.address });
    for (const { link } of [...this.outbound.values()]) link.abort(error);
  }
}

function noAgent({ id, server }: AgentLabel): AgentScopeError {
  return new AgentScopeError("AGENT_NOT_FOUND", `there is no agent with the id ${id} on ${server}`);
}

/** The port of `127.0.0.1:4711`, `ipv4:127.0.0.1:4711` or `[::1]:4711`. */
function portOf(peer: string): number {
  return Number(peer.slice(peer.lastIndexOf(":") + 1));
}
