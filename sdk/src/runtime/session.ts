import type { AgentScopeError } from "../errors.js";
import { Channel, type ChannelOwner, type SendFrame } from "../link/channel.js";
import type { ChannelLimits } from "../link/channelLimits.js";
import { failureFromWire, failureToWire } from "../link/failure.js";
import { FrameCursor } from "../link/frameCursor.js";
import { argumentKind, type Cursor, operation } from "../link/operations.js";
import type { PeerInfo } from "../link/peer.js";
import type { CallResult } from "../messages/callResult.js";
import type { RemoteFile } from "../messages/remoteFile.js";
import { LargeValue } from "../messages/largeValue.js";
import { toWire } from "../messages/valueCodec.js";
import type { AgentHost } from "./agentHost.js";
import type { AgentTarget } from "./agentTarget.js";
import { type AgentLocation, ArgumentCodec, type ReferenceHome } from "./argumentCodec.js";
import { IncomingCalls } from "./incomingCalls.js";
import { OutgoingCalls } from "./outgoingCalls.js";
import { Relay } from "./relay.js";
import type { SessionPort } from "./sessionPort.js";
import type { TaskReference } from "./taskReference.js";

/** The connection of a session, as the session sees it. */
export interface SessionConnection {
  readonly id: string;
  readonly peer: PeerInfo | undefined;
  send: SendFrame;
  hold(): void;
  unhold(): void;
  whenOpen(watcher: (error?: AgentScopeError) => void): void;
  /** What arrived can't be understood. */
  broken(error: AgentScopeError): void;
}

/** The thread that a session belongs to, as the session sees it. */
export interface SessionEndpoint {
  readonly host: AgentHost;
  readonly lane: number;
  readonly self: PeerInfo;
  /** Of the channel of a session that begins now. */
  channelLimits(): ChannelLimits;
  nextCallerBase(): number;
  resultOf(caller: string, seq: number): CallResult<unknown>;
  referenceTo(result: CallResult<unknown>, session: Session): TaskReference | number | undefined;
  whenReferable(result: CallResult<unknown>, session: Session, callback: () => void): void;
  importTask(reference: TaskReference): CallResult<unknown>;
  importAgent(location: AgentLocation, session: Session): object;
  agentThere(id: string, session: Session): AgentTarget;
  exportUrl(url: string): string | RemoteFile;
  receivedUrl(url: string): void;
  givesOut(path: string): boolean;
  canReach(server: PeerInfo, from: PeerInfo | undefined): boolean;
  /** A search for a cycle has come this way. */
  probed(cursor: Cursor, session: Session): void;
}

/**
 * All that one lane says to one lane of another process, in both directions: calls of agents there, and calls of agents here.
 *
 * 1. Operations are handled in the order in which they were written (channel.ts, invariant 1).
 * 2. When the other end is lost, everything that waits for it ends, in `lost`, with an error that names it.
 */
export class Session implements ChannelOwner, SessionPort, ReferenceHome {
  readonly channel: Channel;
  readonly outgoing = new OutgoingCalls(this);
  readonly incoming: IncomingCalls;
  readonly args = new ArgumentCodec(this);
  ended: AgentScopeError | undefined = undefined;
  private lostWatchers: ((error: AgentScopeError) => void)[] | undefined = undefined;

  constructor(
    private readonly ends: { endpoint: SessionEndpoint; connection: SessionConnection },
    readonly lane: number,
  ) {
    const { endpoint, connection } = ends;
    const { id } = connection;
    const isOpener = id.startsWith(endpoint.self.instance);
    // Both ends can be the same lane of their processes: their calls have different names all the same.
    const [own, other] = endpoint.lane !== lane ? ["", ""] : isOpener ? ["", "<"] : ["<", ""];
    this.callerName = `${id}.${endpoint.lane}${own}`;
    this.otherCallerName = `${id}.${lane}${other}`;
    const lanes = { own: endpoint.lane, other: lane };
    const limits = endpoint.channelLimits();
    this.channel = new Channel({ lanes, owner: this, send: (...frame) => connection.send(...frame), limits });
    this.incoming = new IncomingCalls(this, endpoint.host, endpoint.nextCallerBase());
  }

  get connection(): SessionConnection {
    return this.ends.connection;
  }

  get self(): PeerInfo {
    return this.ends.endpoint.self;
  }

  get otherAddress(): string {
    return this.connection.peer?.address ?? "";
  }

  get otherInstance(): string | undefined {
    return this.connection.peer?.instance;
  }

  get otherReadsTraces(): boolean {
    return this.connection.peer?.readsTraces === true;
  }

  get otherRealm(): string {
    return this.connection.peer?.realm ?? "";
  }

  get ownLane(): number {
    return this.ends.endpoint.lane;
  }

  /** How references name the calls that this end makes. */
  readonly callerName: string;

  /** How references name the calls that the other end makes. */
  readonly otherCallerName: string;

  hold(): void {
    this.connection.hold();
  }

  unhold(): void {
    this.connection.unhold();
  }

  toWire(value: unknown): unknown {
    return toWire(value, this.args);
  }

  writeArgument(out: unknown[], value: unknown, call: number): void {
    this.args.write(out, value, call);
  }

  readArgument(cursor: Cursor): unknown {
    return this.args.read(cursor);
  }

  receive(operations: Buffer): void {
    const cursor = new FrameCursor(operations, this.args);
    while (!cursor.atEnd) this.handle(cursor.number(), cursor);
  }

  private handle(code: number, cursor: Cursor): void {
    switch (code) {
      case operation.call:
        return this.incoming.call(cursor);
      case operation.callInTrace:
        return this.incoming.callInTrace(cursor);
      case operation.result:
        return this.result(cursor);
      case operation.release:
        return this.incoming.release(cursor);
      case operation.create:
        return this.incoming.create(cursor, { idChosen: false });
      case operation.createChosen:
        return this.incoming.create(cursor, { idChosen: true });
      case operation.createKept:
        return this.incoming.create(cursor, undefined);
      case operation.failure:
        return this.outgoing.failed(cursor.number(), failureFromWire(cursor.next()));
      case operation.kept: {
        const seq = cursor.number();
        return this.outgoing.kept(seq, cursor.number());
      }
      case operation.value:
        return this.args.receiveValue(cursor);
      case operation.valueFailed:
        return this.args.receiveFailure(cursor);
      case operation.fetch:
        return this.fetched(cursor);
      case operation.bind:
        return this.incoming.bind(cursor);
      case operation.unbind:
        return this.incoming.unbind(cursor);
      case operation.cancel:
        return this.incoming.cancel(cursor);
      case operation.tell:
        return this.incoming.tell(cursor);
      case operation.probe:
        return this.ends.endpoint.probed(cursor, this);
      default:
        throw new RangeError(`unknown operation ${code}`);
    }
  }

  private result(cursor: Cursor): void {
    const seq = cursor.number();
    const kind = cursor.number();
    if (kind === argumentKind.large) this.args.readLarge(cursor, (value) => this.outgoing.answered(seq, value));
    else this.outgoing.answered(seq, this.args.readKind(kind, cursor));
  }

  private fetched(cursor: Cursor): void {
    const answer = cursor.number();
    const caller = cursor.text();
    this.ends.endpoint.resultOf(caller, cursor.number()).whenRead(({ state, outcome }) => {
      if (state === "failed") this.answerFailure(answer, outcome as AgentScopeError);
      else this.answer(answer, outcome);
    });
  }

  private answerFailure(seq: number, error: AgentScopeError): void {
    if (this.ended === undefined) this.channel.write(200).push(operation.failure, seq, failureToWire(error));
  }

  answer(seq: number, value: unknown): void {
    if (this.ended !== undefined) return;
    const out = this.channel.write(value instanceof LargeValue ? 20 : 200);
    out.push(operation.result, seq);
    this.args.writeAnswer(out, value);
  }

  receiveLarge(blob: number, bytes: Buffer): void {
    this.args.receiveLarge(blob, bytes);
  }

  broken(error: AgentScopeError): void {
    this.connection.broken(error);
  }

  /** The other end is gone for good. */
  lost(error: AgentScopeError): void {
    if (this.ended !== undefined) return;
    this.ended = error;
    this.channel.end();
    this.args.failAll(error);
    this.outgoing.failAll(error);
    this.incoming.callerLost(error);
    for (const watcher of this.lostWatchers ?? []) watcher(error);
    this.lostWatchers = undefined;
  }

  /** Calls back when the other end is gone for good, after all that waited for it has ended. */
  whenLost(watcher: (error: AgentScopeError) => void): void {
    if (this.ended !== undefined) watcher(this.ended);
    else (this.lostWatchers ??= []).push(watcher);
  }

  // As the home of references (argumentCodec.ts):

  referenceTo(result: CallResult<unknown>): TaskReference | number | undefined {
    return this.ends.endpoint.referenceTo(result, this);
  }

  whenReferable(result: CallResult<unknown>, callback: () => void): void {
    this.ends.endpoint.whenReferable(result, this, callback);
  }

  importTask(reference: TaskReference): CallResult<unknown> {
    return this.ends.endpoint.importTask(reference);
  }

  importAgent(location: AgentLocation): object {
    return this.ends.endpoint.importAgent(location, this);
  }

  /** An agent of the other end that is always there. */
  agentThere(id: string): AgentTarget {
    return this.ends.endpoint.agentThere(id, this);
  }

  givesOut(path: string): boolean {
    return this.ends.endpoint.givesOut(path);
  }

  receivedUrl(url: string): void {
    this.ends.endpoint.receivedUrl(url);
  }

  exportUrl(url: string): string | RemoteFile {
    return this.ends.endpoint.exportUrl(url);
  }

  canReach(server: PeerInfo): boolean {
    return this.ends.endpoint.canReach(server, this.connection.peer);
  }

  whenArrived(caller: string, seq: number, callback: () => void): void {
    this.ends.endpoint.resultOf(caller, seq).whenRead(callback);
  }

  /** Takes calls of an agent that the other end can't reach by itself, and passes them on. */
  relay(id: string, target: AgentTarget): void {
    const { host } = this.ends.endpoint;
    if (host.agents.has(id)) return;
    const spec = { id, name: target.label.name, className: target.className, args: [], moduleUrl: undefined };
    host.adopt(spec, new Relay(target));
  }

  incomingResult(seq: number): CallResult<unknown> {
    return this.incoming.result(seq);
  }

  pin(call: number, result: CallResult<unknown>): void {
    this.outgoing.pin(call, result);
  }
}
