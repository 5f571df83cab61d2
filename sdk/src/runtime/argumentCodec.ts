import type { AgentScopeError } from "../errors.js";
import type { Channel } from "../link/channel.js";
import { failureFromWire, failureToWire } from "../link/failure.js";
import { argumentKind, Cursor, operation } from "../link/operations.js";
import type { PeerInfo } from "../link/peer.js";
import { CallResult } from "../messages/callResult.js";
import { Msg, type MsgRecord, type Role, roles } from "../messages/msg.js";
import { Placeholder } from "../messages/placeholder.js";
import { RemoteFile } from "../messages/remoteFile.js";
import { packLarge, unpackLarge } from "../messages/largeCodec.js";
import { LargeValue } from "../messages/largeValue.js";
import { noteUrl, type ReferenceCodec, snapshot, toWire, urlToWire } from "../messages/valueCodec.js";
import { type AgentReference, type AgentTarget, type ReferenceTarget, targetOf } from "./agentTarget.js";
import { forward } from "./forwardedResult.js";
import { PromisedResult } from "./promisedResult.js";
import { sameText } from "./sameText.js";
import type { TaskReference } from "./taskReference.js";

/** An agent of some server, as references in values name it. */
export interface AgentLocation {
  /** Empty: at the other end of the session it came by. */
  address: string;
  realm: string;
  instance: string;
  lane: number;
  id: string;
  name: string;
  className: string;
  /** The operation that makes it, if that may not have arrived there yet. */
  madeBy: { caller: string; seq: number } | undefined;
}

/** What the codec needs of the session that it belongs to. */
export interface ReferenceHome {
  readonly channel: Channel;
  readonly ended: AgentScopeError | undefined;
  readonly self: PeerInfo;
  readonly ownLane: number;
  /** `host:port` of the other end; empty where it is no server. */
  readonly otherAddress: string;
  readonly otherRealm: string;
  /** What the other end needs to fetch a result itself; undefined where it can't. */
  referenceTo(result: CallResult<unknown>): TaskReference | number | undefined;
  /** Calls back when it is known whether the other end can be given a reference. */
  whenReferable(result: CallResult<unknown>, callback: () => void): void;
  importTask(reference: TaskReference): CallResult<unknown>;
  importAgent(location: AgentLocation): object;
  exportUrl(url: string): string | RemoteFile;
  receivedUrl(url: string): void;
  /** Whether others may have a file of this process. */
  givesOut(path: string): boolean;
  canReach(server: PeerInfo): boolean;
  relay(id: string, target: AgentTarget): void;
  /** The result of a call that the other end made. */
  incomingResult(seq: number): CallResult<unknown>;
  /** A call was given a result by reference. */
  pin(call: number, result: CallResult<unknown>): void;
}

/**
 * Values on their way between two ends of a session: by value, by reference to the server that has them, or promised, where the
 * value (or the reference) follows when it is known.
 */
export class ArgumentCodec implements ReferenceCodec, ReferenceTarget {
  private readonly relays = new Set<string>();
  private lastPromise = 0;
  private timestamp: string | undefined;
  private timestampFrame: unknown[] | undefined;
  /** Results whose values the other end was promised. */
  private readonly promises = new Map<number, CallResult<unknown>>();
  private readonly promised = new Map<number, CallResult<unknown>>();
  /** Large values on their way here: what to do when all chunks are there. */
  private readonly blobs = new Map<number, (value: unknown) => void>();

  /** Of the message that was read last: one that many agents are asked has its text once. */
  private readonly last = { id: "", content: "" };

  constructor(private readonly home: ReferenceHome) {}

  get self(): PeerInfo {
    return this.home.self;
  }

  get ownLane(): number {
    return this.home.ownLane;
  }

  canReach(server: PeerInfo): boolean {
    return this.home.canReach(server);
  }

  hasRelay(id: string): boolean {
    return this.relays.has(id);
  }

  relay(id: string, target: AgentTarget): void {
    this.relays.add(id);
    this.home.relay(id, target);
  }

  // Out:

  /** @param call the call it belongs to: results that go by reference stay on their servers until it has ended. */
  write(out: unknown[], value: unknown, call?: number): void {
    if (value instanceof Msg) {
      this.writeMessage(out, value);
    } else if (value === undefined) {
      out.push(argumentKind.none);
    } else if (value instanceof CallResult) {
      this.writeResult(out, value, call);
    } else if (value instanceof LargeValue) {
      const promise = ++this.lastPromise;
      out.push(argumentKind.promised, promise);
      queueMicrotask(() => this.sendPromised(promise, value));
    } else if (Array.isArray(value) && value.some(isInput)) {
      out.push(argumentKind.list, value.length);
      for (const item of value) this.write(out, item, call);
    } else {
      out.push(argumentKind.value, toWire(value, this));
    }
  }

  private writeMessage(out: unknown[], message: Msg): void {
    // Most messages of a frame are of the same second: its text stands there once.
    if (out !== this.timestampFrame) this.timestamp = undefined;
    const timestamp = message.timestamp === this.timestamp ? null : message.timestamp;
    this.timestampFrame = out;
    this.timestamp = message.timestamp;
    const content = toWire(message.content, this);
    out.push(argumentKind.message, message.id, message.name, roles.indexOf(message.role), content);
    out.push(urlToWire(message.url, this), toWire(message.metadata, this), timestamp);
  }

  /** An answer, which may stand alone in chunks. */
  writeAnswer(out: unknown[], value: unknown): void {
    if (!(value instanceof LargeValue)) {
      this.write(out, value);
      return;
    }
    const { number, sizeBytes } = this.home.channel.sendLarge(packLarge(value.value, this));
    out.push(argumentKind.large, number, sizeBytes);
  }

  private writeResult(out: unknown[], result: CallResult<unknown>, call: number | undefined): void {
    if (result.state === "value" && !(result.outcome instanceof LargeValue)) {
      this.write(out, result.outcome, call);
      return;
    }
    result.markRead();
    // A failed result is released: its server has forgotten it.
    const reference = result.settled ? undefined : this.home.referenceTo(result);
    if (reference === undefined) {
      out.push(argumentKind.promised, this.promise(result, call));
    } else {
      this.keepFor(call, result);
      pushReference(out, reference);
    }
  }

  private keepFor(call: number | undefined, result: CallResult<unknown>): void {
    if (call === undefined) result.escape();
    else this.home.pin(call, result);
  }

  /** Sends the value, or a reference to it, when there is one; gives the number under which it comes. */
  private promise(result: CallResult<unknown>, call: number | undefined): number {
    const promise = ++this.lastPromise;
    this.promises.set(promise, result);
    // The operation that the promise stands in is being written: what keeps it is an operation after that one.
    queueMicrotask(() => this.home.whenReferable(result, () => this.fulfilPromise(promise, result, call)));
    return promise;
  }

  private fulfilPromise(promise: number, result: CallResult<unknown>, call: number | undefined): void {
    if (this.home.ended !== undefined) return;
    const reference = result.settled ? undefined : this.home.referenceTo(result);
    if (reference !== undefined) {
      this.keepFor(call, result);
      this.promises.delete(promise);
      const out = this.home.channel.write(80);
      out.push(operation.value, promise);
      pushReference(out, reference);
      return;
    }
    result.whenRead(({ state, outcome }) => {
      this.promises.delete(promise);
      if (state === "failed") this.failPromised(promise, outcome as AgentScopeError);
      else this.sendResult(promise, outcome);
    });
  }

  /** The program has the value too, and may change it before it leaves. */
  private sendResult(promise: number, outcome: unknown): void {
    try {
      this.sendPromised(promise, outcome instanceof LargeValue ? outcome : snapshot(outcome, ""));
    } catch (thrown) {
      this.failPromised(promise, thrown as AgentScopeError);
    }
  }

  private failPromised(promise: number, error: AgentScopeError): void {
    if (this.home.ended !== undefined) return;
    this.home.channel.write(200).push(operation.valueFailed, promise, failureToWire(error));
  }

  private sendPromised(promise: number, value: unknown): void {
    if (this.home.ended !== undefined) return;
    const out = this.home.channel.write(200);
    out.push(operation.value, promise);
    this.writeAnswer(out, value);
  }

  /** The result whose value the other end was promised under this number. */
  promisedTo(promise: number): CallResult<unknown> | undefined {
    return this.promises.get(promise);
  }

  // In:

  read(cursor: Cursor): unknown {
    return this.readKind(cursor.number(), cursor);
  }

  /** An argument whose kind has been read. */
  readKind(kind: number, cursor: Cursor): unknown {
    switch (kind) {
      case argumentKind.none:
        return undefined;
      case argumentKind.message:
        return this.readMessage(cursor);
      case argumentKind.value:
        return cursor.next();
      case argumentKind.reference: {
        const [address, realm, instance, lane] = [cursor.text(), cursor.text(), cursor.text(), cursor.number()];
        return this.home.importTask({ address, realm, instance, lane, caller: cursor.text(), seq: cursor.number() });
      }
      case argumentKind.ownReference:
        return this.home.incomingResult(cursor.number());
      case argumentKind.promised:
        return this.promisedResult(cursor.number());
      case argumentKind.list:
        return Array.from({ length: Math.min(cursor.number(), cursor.left) }, () => this.read(cursor));
      default:
        throw new RangeError(`unknown kind of argument ${kind}`);
    }
  }

  private readMessage(cursor: Cursor): Msg {
    const { last } = this;
    const message = Msg.restore({
      id: (last.id = sameText(cursor.text(), last.id)),
      name: cursor.name(),
      role: roles[cursor.number()] as Role,
      content: this.readContent(cursor.next()),
      url: cursor.next() as MsgRecord["url"],
      metadata: cursor.next(),
      timestamp: cursor.timestamp(),
    });
    if (message.url !== undefined) noteUrl(message.url, this);
    return message;
  }

  private readContent(content: unknown): unknown {
    return typeof content === "string" ? (this.last.content = sameText(content, this.last.content)) : content;
  }

  /** Reads what is said of a large value whose kind has been read; it is used when all of it is there. */
  readLarge(cursor: Cursor, use: (value: unknown) => void): void {
    const blob = cursor.number();
    cursor.number();
    this.blobs.set(blob, use);
  }

  /** All chunks of a large value are there. */
  receiveLarge(blob: number, bytes: Buffer): void {
    const use = this.blobs.get(blob);
    if (use === undefined) throw new RangeError(`a large value ${blob} that nothing announced`);
    this.blobs.delete(blob);
    use(unpackLarge(bytes, this));
  }

  /** `promise, argument`: what was promised. */
  receiveValue(cursor: Cursor): void {
    const number = cursor.number();
    const kind = cursor.number();
    const keep = (value: unknown) => {
      const promise = this.promisedResult(number);
      if (value instanceof CallResult) forward(value, promise);
      else promise.fulfil(value);
    };
    if (kind === argumentKind.large) this.readLarge(cursor, keep);
    else keep(this.readKind(kind, cursor));
  }

  /** `promise, failure`: there is nothing to keep the promise with. */
  receiveFailure(cursor: Cursor): void {
    const number = cursor.number();
    this.promisedResult(number).fail(failureFromWire(cursor.next()));
  }

  /**
   * The result of a promise, for what comes first and for what comes second: the value that it stands in (which may be a large
   * one, still on its way in chunks), and what keeps it. Then it is forgotten.
   */
  private promisedResult(number: number): CallResult<unknown> {
    const known = this.promised.get(number);
    if (known !== undefined) {
      this.promised.delete(number);
      return known;
    }
    const result = new Placeholder(new PromisedResult(this.home), number);
    result.markRead();
    this.promised.set(number, result);
    return result;
  }

  /** The other end is gone: what it promised will not come. */
  failAll(error: AgentScopeError): void {
    for (const result of this.promised.values()) result.fail(error);
    this.promised.clear();
    this.promises.clear();
    this.blobs.clear();
  }

  // References inside values:

  exportResult(result: CallResult<unknown>): unknown {
    const reference = result.settled ? undefined : this.home.referenceTo(result);
    if (reference === undefined) return [argumentKind.promised, this.promise(result, undefined)];
    result.markRead();
    result.escape();
    const out: unknown[] = [];
    pushReference(out, reference);
    return out;
  }

  importResult(reference: unknown): unknown {
    return this.read(new Cursor(reference as unknown[]));
  }

  exportAgent(agent: object): AgentReference {
    return targetOf(agent).reference(this);
  }

  /** A file that this process gives out is its path again. */
  importFile(address: string, path: string, realm: string): RemoteFile | string {
    const { otherAddress, otherRealm, self } = this.home;
    if (address !== "" && address === self.address && this.home.givesOut(path)) return path;
    return address === "" ? new RemoteFile(otherAddress, path, otherRealm) : new RemoteFile(address, path, realm);
  }

  importAgent(reference: unknown): unknown {
    const [address, realm, instance, lane, id, name, className, caller, seq] = reference as AgentReference;
    const madeBy = caller === undefined || seq === undefined ? undefined : { caller, seq };
    return this.home.importAgent({ address, realm, instance, lane, id, name, className, madeBy });
  }

  exportUrl(url: string): string | RemoteFile {
    return this.home.exportUrl(url);
  }

  receivedUrl(url: string): void {
    this.home.receivedUrl(url);
  }
}

/** Whether an item of a list is written as an argument of its own. */
function isInput(item: unknown): boolean {
  return item instanceof Msg || item instanceof CallResult || item instanceof LargeValue;
}

function pushReference(out: unknown[], reference: TaskReference | number): void {
  if (typeof reference === "number") {
    out.push(argumentKind.ownReference, reference);
    return;
  }
  const { address, realm, instance, lane, caller, seq } = reference;
  out.push(argumentKind.reference, address, realm, instance, lane, caller, seq);
}
