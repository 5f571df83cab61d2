import type { AgentScopeError } from "../errors.js";
import { Channel, type ChannelLimits, type ChannelOwner } from "../link/channel.js";
import { failureFromWire, failureToWire } from "../link/failure.js";
import { argumentKind, Cursor, operation } from "../link/operations.js";
import { CallResult } from "../messages/callResult.js";
import { Msg, type MsgRecord, type Role, roles } from "../messages/msg.js";
import { Placeholder } from "../messages/placeholder.js";
import type { RemoteFile } from "../messages/remoteFile.js";
import { LargeValue, packValue, type ReferenceCodec, toWire, unpackValue, urlToWire } from "../messages/valueCodec.js";
import { type AgentReference, targetOf } from "./agentTarget.js";
import type { Connection } from "./connection.js";
import type { Endpoint } from "./endpoint.js";
import { IncomingCalls } from "./incomingCalls.js";
import { OutgoingCalls } from "./outgoingCalls.js";
import { PromisedResult } from "./promisedResult.js";

/** A reference to the result of a call, complete when the call is made. */
export interface TaskReference {
  /** `host:port` of the server that has the agent. */
  address: string;
  /** Tells the server from one that was started again at that address. */
  instance: string;
  /** The lane of the agent's worker. */
  lane: number;
  /** The name of the caller's end of its session. */
  caller: string;
  /** The caller's number of the call. */
  seq: number;
}

/**
 * All that one lane says to one lane of another process, in both directions: calls of agents there, and calls of agents here.
 *
 * 1. Operations are handled in the order in which they were written (channel.ts, invariant 1).
 * 2. When the other end is lost, everything that waits for it ends, in `lost`, with an error that names it.
 */
export class Session implements ChannelOwner, ReferenceCodec {
  readonly channel: Channel;
  readonly outgoing = new OutgoingCalls(this);
  readonly incoming: IncomingCalls;
  ended: AgentScopeError | undefined = undefined;
  private lastPromise = 0;
  private timestamp: string | undefined;
  private timestampFrame: unknown[] | undefined;
  /** Results whose values the other end was promised. */
  private readonly promises = new Map<number, CallResult<unknown>>();
  private readonly promised = new Map<number, CallResult<unknown>>();
  /** Large values on their way here: what to do when all chunks are there. */
  private readonly blobs = new Map<number, (value: unknown) => void>();

  constructor(
    readonly endpoint: Endpoint,
    readonly connection: Connection,
    readonly lane: number,
    limits?: ChannelLimits,
  ) {
    this.channel = new Channel(lane, endpoint.lane, (bytes) => connection.send(bytes), this, limits);
    this.incoming = new IncomingCalls(this, endpoint.host, endpoint.nextCallerBase());
  }

  /** How references name the calls that this end makes. */
  get callerName(): string {
    return `${this.connection.id}.${this.endpoint.lane}`;
  }

  /** How references name the calls that the other end makes. */
  get otherCallerName(): string {
    return `${this.connection.id}.${this.lane}`;
  }

  /** Something is awaited from there: the process must not end by itself. */
  hold(): void {
    this.connection.hold();
  }

  unhold(): void {
    this.connection.unhold();
  }

  decode(bytes: Uint8Array): unknown {
    return unpackValue(bytes, this);
  }

  toWire(value: unknown): unknown {
    return toWire(value, this);
  }

  receive(operations: unknown[]): void {
    const cursor = new Cursor(operations);
    while (!cursor.atEnd) this.handle(cursor.number(), cursor);
  }

  private handle(code: number, cursor: Cursor): void {
    switch (code) {
      case operation.call:
        return this.incoming.call(cursor);
      case operation.result: {
        const seq = cursor.number();
        return this.readAnswer(cursor, (value) => this.outgoing.answered(seq, value));
      }
      case operation.release:
        return this.incoming.release(cursor);
      case operation.create:
        return this.incoming.create(cursor);
      case operation.failure:
        return this.outgoing.failed(cursor.number(), failureFromWire(cursor.next()));
      case operation.kept: {
        const seq = cursor.number();
        cursor.number();
        return this.outgoing.kept(seq);
      }
      case operation.value:
        return this.receiveValue(cursor);
      case operation.valueFailed: {
        const promise = this.promisedResult(cursor.number());
        return promise.fail(failureFromWire(cursor.next()));
      }
      case operation.fetch:
        return this.fetched(cursor);
      case operation.bind:
        return this.incoming.bind(cursor);
      case operation.unbind:
        return this.incoming.unbind(cursor);
      case operation.cancel:
        return this.incoming.cancel(cursor);
      case operation.probe:
        return this.endpoint.waitGraph.receive(cursor, this);
      default:
        throw new RangeError(`unknown operation ${code}`);
    }
  }

  private fetched(cursor: Cursor): void {
    const answer = cursor.number();
    const caller = cursor.text();
    const seq = cursor.number();
    this.endpoint.resultOf(caller, seq).whenRead((result) => {
      if (this.ended !== undefined) return;
      if (result.state === "failed") {
        const failure = failureToWire(result.outcome as AgentScopeError);
        this.channel.write(200).push(operation.failure, answer, failure);
      } else {
        this.answer(answer, result.outcome);
      }
    });
  }

  private receiveValue(cursor: Cursor): void {
    const number = cursor.number();
    this.readAnswer(cursor, (value) => {
      const promise = this.promisedResult(number);
      this.promised.delete(number);
      if (!(value instanceof CallResult)) promise.fulfil(value);
      else {
        value.whenRead(({ state, outcome }) => {
          if (state === "failed") promise.fail(outcome as AgentScopeError);
          else promise.fulfil(outcome);
        });
      }
    });
  }

  /** The result whose value the other end was promised under this number. */
  promisedTo(promise: number): CallResult<unknown> | undefined {
    return this.promises.get(promise);
  }

  private promisedResult(number: number): CallResult<unknown> {
    let result = this.promised.get(number);
    if (result === undefined) {
      result = new Placeholder(new PromisedResult(this), number) as CallResult<unknown>;
      result.markRead();
      this.promised.set(number, result);
    }
    return result;
  }

  /** Answers what the other end asked for under `seq`. */
  answer(seq: number, value: unknown): void {
    if (this.ended !== undefined) return;
    const out = this.channel.write(value instanceof LargeValue ? 20 : 200);
    out.push(operation.result, seq);
    this.writeAnswer(out, value);
  }

  private writeAnswer(out: unknown[], value: unknown): void {
    if (!(value instanceof LargeValue)) {
      this.writeArgument(out, value);
      return;
    }
    const bytes = Uint8Array.from(packValue(toWire(value.value, this)));
    out.push(argumentKind.large, this.channel.sendLarge(bytes), bytes.length);
  }

  private readAnswer(cursor: Cursor, use: (value: unknown) => void): void {
    const kind = cursor.number();
    if (kind !== argumentKind.large) {
      use(this.readArgumentOf(kind, cursor));
      return;
    }
    const blob = cursor.number();
    cursor.number();
    this.blobs.set(blob, use);
  }

  receiveLarge(blob: number, bytes: Uint8Array): void {
    const use = this.blobs.get(blob);
    if (use === undefined) throw new RangeError(`a large value ${blob} that nothing announced`);
    this.blobs.delete(blob);
    use(unpackValue(bytes, this));
  }

  /**
   * Writes an argument.
   *
   * @param call the call it belongs to: results that go by reference stay on their servers until it has ended.
   */
  writeArgument(out: unknown[], value: unknown, call?: number): void {
    if (value instanceof Msg) {
      // Most messages of a frame are of the same second: its text stands there once.
      if (out !== this.timestampFrame) this.timestamp = undefined;
      const timestamp = value.timestamp === this.timestamp ? null : value.timestamp;
      this.timestampFrame = out;
      this.timestamp = value.timestamp;
      out.push(argumentKind.message, value.id, value.name, roles.indexOf(value.role), toWire(value.content, this));
      out.push(urlToWire(value.url, this), toWire(value.metadata, this), timestamp);
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
      for (const item of value) this.writeArgument(out, item, call);
    } else {
      out.push(argumentKind.value, toWire(value, this));
    }
  }

  private writeResult(out: unknown[], result: CallResult<unknown>, call: number | undefined): void {
    if (result.state === "value" && !(result.outcome instanceof LargeValue)) {
      this.writeArgument(out, result.outcome, call);
      return;
    }
    result.markRead();
    const reference = this.endpoint.referenceTo(result, this);
    if (reference === undefined) {
      out.push(argumentKind.promised, this.promise(result, call));
    } else {
      if (call === undefined) result.escaped = true;
      else this.outgoing.pin(call, result);
      this.pushReference(out, reference);
    }
  }

  private pushReference(out: unknown[], reference: TaskReference | number): void {
    if (typeof reference === "number") out.push(argumentKind.ownReference, reference);
    else {
      const { address, instance, lane, caller, seq } = reference;
      out.push(argumentKind.reference, address, instance, lane, caller, seq);
    }
  }

  /** Sends the value, or a reference to it, when there is one; gives the number under which it comes. */
  private promise(result: CallResult<unknown>, call: number | undefined): number {
    const promise = ++this.lastPromise;
    this.promises.set(promise, result);
    this.endpoint.whenReferable(result, this, () => {
      if (this.ended !== undefined) return;
      const reference = result.settled ? undefined : this.endpoint.referenceTo(result, this);
      if (reference !== undefined) {
        if (call === undefined) result.escaped = true;
        else this.outgoing.pin(call, result);
        this.promises.delete(promise);
        const out = this.channel.write(80);
        out.push(operation.value, promise);
        this.pushReference(out, reference);
        return;
      }
      result.whenRead(({ state, outcome }) => {
        this.promises.delete(promise);
        if (this.ended !== undefined) return;
        if (state === "failed") {
          this.channel.write(200).push(operation.valueFailed, promise, failureToWire(outcome as AgentScopeError));
        } else {
          this.sendPromised(promise, outcome);
        }
      });
    });
    return promise;
  }

  private sendPromised(promise: number, value: unknown): void {
    if (this.ended !== undefined) return;
    const out = this.channel.write(200);
    out.push(operation.value, promise);
    this.writeAnswer(out, value);
  }

  readArgument(cursor: Cursor): unknown {
    return this.readArgumentOf(cursor.number(), cursor);
  }

  private readArgumentOf(kind: number, cursor: Cursor): unknown {
    switch (kind) {
      case argumentKind.none:
        return undefined;
      case argumentKind.message:
        return readMessage(cursor);
      case argumentKind.value:
        return cursor.next();
      case argumentKind.reference: {
        const [address, instance, lane] = [cursor.text(), cursor.text(), cursor.number()];
        return this.endpoint.importTask({ address, instance, lane, caller: cursor.text(), seq: cursor.number() });
      }
      case argumentKind.ownReference:
        return this.incoming.result(cursor.number());
      case argumentKind.promised:
        return this.promisedResult(cursor.number());
      case argumentKind.list:
        return Array.from({ length: Math.min(cursor.number(), 1_000_000) }, () => this.readArgument(cursor));
      default:
        throw new RangeError(`unknown kind of argument ${kind}`);
    }
  }

  // References inside values: [0, promise], [1, seq] or the fields of a TaskReference.

  exportResult(result: CallResult<unknown>): unknown {
    const out: unknown[] = [];
    const reference = result.settled ? undefined : this.endpoint.referenceTo(result, this);
    if (reference === undefined) return [argumentKind.promised, this.promise(result, undefined)];
    result.markRead();
    result.escaped = true;
    this.pushReference(out, reference);
    return out;
  }

  importResult(reference: unknown): unknown {
    return this.readArgument(new Cursor(reference as unknown[]));
  }

  exportUrl(url: string): string | RemoteFile {
    return this.endpoint.exportUrl(url);
  }

  exportAgent(agent: object): AgentReference {
    return targetOf(agent).reference(this);
  }

  importAgent(reference: unknown): unknown {
    const [address, instance, lane, id, name, className] = reference as AgentReference;
    return this.endpoint.importAgent({ address, instance, lane, id, name, className }, this);
  }

  broken(error: AgentScopeError): void {
    this.connection.broken(error);
  }

  /** The other end is gone for good. */
  lost(error: AgentScopeError): void {
    if (this.ended !== undefined) return;
    this.ended = error;
    this.channel.end();
    for (const result of this.promised.values()) result.fail(error);
    this.promised.clear();
    this.promises.clear();
    this.blobs.clear();
    this.outgoing.failAll(error);
    this.incoming.callerLost(error);
  }
}

/** Whether an item of a list is written as an argument of its own. */
function isInput(item: unknown): boolean {
  return item instanceof Msg || item instanceof CallResult || item instanceof LargeValue;
}

function readMessage(cursor: Cursor): Msg {
  return Msg.restore({
    id: cursor.text(),
    name: cursor.text(),
    role: roles[cursor.number()] as Role,
    content: cursor.next(),
    url: cursor.next() as MsgRecord["url"],
    metadata: cursor.next(),
    timestamp: cursor.timestamp(),
  });
}
