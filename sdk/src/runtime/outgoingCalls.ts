import type { AgentScopeError } from "../errors.js";
import { observeMethod, operation, replyMethod } from "../link/operations.js";
import { CallResult } from "../messages/callResult.js";
import { LargeValue } from "../messages/largeValue.js";
import type { CallEnd } from "../studio/callBatch.js";
import { type CallMade, callWatch } from "../studio/callLog.js";
import { type CallSpan, telemetry } from "../telemetry/telemetry.js";
import type { AgentSpec } from "./agentSpec.js";
import { SequenceTable } from "./sequenceTable.js";
import type { SessionPort } from "./sessionPort.js";
import { failedEnd } from "./toldCalls.js";

/** Who is told how an asked-for thing ended. */
export interface AnswerSink {
  fulfil(value: unknown): void;
  fail(error: AgentScopeError): void;
  keep?(release: () => void): void;
}

/** A call of an agent elsewhere. */
export interface OutgoingCall {
  /** The number of the calling agent on this host; 0 for the script. */
  caller: number;
  method: string;
  /** Snapshots, and results of other calls. */
  args: unknown[];
  result: CallResult<unknown>;
  /** When and where that was, if it could not be sent at once and somebody watches. */
  made: CallMade | undefined;
  /** Its place in a trace; where nobody traces none. */
  span: CallSpan | undefined;
}

/** An agent that this end can call now. */
export interface BoundAgent {
  /** Its number on this session. */
  number: number;
  /** Of the operation that made it or took hold of it. */
  seq: number;
}

/** An agent of the other end, as somebody told of it. */
export interface AgentToBind {
  id: string;
  name: string;
  className: string;
  /** The operation that makes it, if that may not have arrived yet. */
  madeBy: { caller: string; seq: number } | undefined;
}

/** Releases wait for a call to go along with, this long at most, in milliseconds. */
const releaseDelayMs = 50;
const maxReleases = 1024;

/** The calls that this thread has made over one session, until their results are here. */
export class OutgoingCalls {
  private lastSeq = 0;
  private lastNumber = 0;
  private readonly pending = new SequenceTable<AnswerSink>();
  /** Results that a call was given by reference: they stay on their server until the call has ended. */
  private readonly pins = new Map<number, CallResult<unknown>[]>();
  /** Calls whose ends are told to whoever watches. */
  private told: Set<number> | undefined = undefined;
  /** Of calls that stand in a trace. */
  private spans: Map<number, CallSpan> | undefined = undefined;
  /** What the other end knows of which calls are told of. */
  private toldMask = 0;
  private releases: number[] = [];
  private releaseTimer: NodeJS.Timeout | undefined;

  constructor(private readonly session: SessionPort) {}

  get size(): number {
    return this.pending.size;
  }

  private ask(sink: AnswerSink): number {
    const seq = ++this.lastSeq;
    if (this.pending.size === 0) this.session.hold();
    this.pending.set(seq, sink);
    return seq;
  }

  /** Makes an agent there. Its calls can follow at once. */
  create(spec: AgentSpec, sink: AnswerSink): BoundAgent {
    const number = ++this.lastNumber;
    const seq = this.ask(sink);
    const out = this.session.channel.write(64 + spec.className.length + spec.id.length);
    const { idChosen = false, keepAlive = false, recovery } = spec;
    const isKept = keepAlive || recovery !== undefined;
    const code = isKept ? operation.createKept : idChosen ? operation.createChosen : operation.create;
    out.push(code, number, seq, spec.id, spec.name, spec.className, spec.moduleUrl ?? null);
    out.push(spec.madeInTurnOf ?? null, spec.maker ?? null);
    if (isKept) out.push([idChosen, keepAlive, recovery?.key ?? null, recovery?.epoch ?? 0]);
    out.push(this.session.toWire(spec.args));
    return { number, seq };
  }

  /** Takes hold of an agent that is there, or that is on its way there; fulfilled with `[name, class]`. */
  bind({ id, name, className, madeBy }: AgentToBind, sink: AnswerSink): BoundAgent {
    const number = ++this.lastNumber;
    const seq = this.ask(sink);
    const out = this.session.channel.write(128);
    out.push(operation.bind, number, seq, id, name, className, madeBy?.caller ?? null, madeBy?.seq ?? 0);
    return { number, seq };
  }

  unbind(number: number): void {
    if (this.session.ended === undefined) this.session.channel.write(8).push(operation.unbind, number);
  }

  /** @param number the agent's, as `create` or `bind` gave it. */
  call(number: number, { caller, method, args, result, span }: OutgoingCall): void {
    if (this.releases.length > 0) this.flushReleases();
    const { log } = callWatch;
    if (log !== undefined && log.mask !== this.toldMask) this.sendMask(log.mask);
    const seq = this.ask(result);
    result.seq = seq;
    const out = this.session.channel.write(sizeOf(args));
    const methodField = method === "reply" ? replyMethod : method === "observe" ? observeMethod : method;
    if (span === undefined) out.push(operation.call);
    else this.beginTraced(out, seq, span);
    out.push(number, seq, caller, methodField, args.length);
    for (const arg of args) this.session.writeArgument(out, arg, seq);
  }

  private beginTraced(out: unknown[], seq: number, span: CallSpan): void {
    (this.spans ??= new Map()).set(seq, span);
    const headers = this.session.otherReadsTraces ? (telemetry.on?.toWire(span.context) ?? []) : [];
    if (headers.length > 0) out.push(operation.callInTrace, headers.length, ...headers);
    else out.push(operation.call);
  }

  private endTraced(seq: number, error?: AgentScopeError): void {
    const span = this.spans?.get(seq);
    if (span === undefined) return;
    this.spans?.delete(seq);
    span.end(error);
  }

  private sendMask(mask: number): void {
    this.toldMask = mask;
    this.session.channel.write(8).push(operation.tell, mask);
  }

  /** Tells whoever watches how this call ends. */
  tellEndOf(seq: number): void {
    (this.told ??= new Set()).add(seq);
  }

  private tellEnd(seq: number, end: CallEnd): void {
    if (this.told?.delete(seq) === true) callWatch.log?.ended(this.session.callerName, seq, end);
  }

  /** Asks the other end for a result that is kept there, or that somebody else's call will have. */
  fetch(caller: string, seq: number, sink: AnswerSink): void {
    const answer = this.ask(sink);
    this.session.channel.write(48).push(operation.fetch, answer, caller, seq);
  }

  cancel(seq: number): void {
    if (this.pending.get(seq) !== undefined) this.session.channel.write(8).push(operation.cancel, seq);
  }

  pin(seq: number, result: CallResult<unknown>): void {
    if (this.pending.get(seq) === undefined) return;
    result.pins++;
    const pinned = this.pins.get(seq);
    if (pinned === undefined) this.pins.set(seq, [result]);
    else pinned.push(result);
  }

  answered(seq: number, value: unknown): void {
    const sink = this.take(seq);
    if (this.told !== undefined) this.tellEnd(seq, { outcome: "ready" });
    if (this.spans !== undefined) this.endTraced(seq);
    // Given up before (a cycle): nobody else will release it.
    if (sink instanceof CallResult && sink.settled) this.release(seq);
    sink?.fulfil(value);
  }

  failed(seq: number, error: AgentScopeError): void {
    const sink = this.take(seq);
    if (this.told !== undefined) this.tellEnd(seq, failedEnd(error));
    if (this.spans !== undefined) this.endTraced(seq, error);
    sink?.fail(error);
  }

  /** The result is ready and stays there. */
  kept(seq: number, sizeBytes: number): void {
    const sink = this.take(seq);
    if (this.told !== undefined) this.tellEnd(seq, { outcome: "ready", sizeBytes });
    if (this.spans !== undefined) this.endTraced(seq);
    if (sink?.keep !== undefined) sink.keep(() => this.release(seq));
  }

  private take(seq: number): AnswerSink | undefined {
    const sink = this.pending.delete(seq);
    if (sink === undefined) return undefined;
    if (this.pending.size === 0) this.session.unhold();
    const pinned = this.pins.size > 0 ? this.pins.get(seq) : undefined;
    if (pinned !== undefined) {
      this.pins.delete(seq);
      for (const result of pinned) result.unpin();
    }
    return sink;
  }

  /** The result of this call will not be asked for again. */
  release(seq: number): void {
    if (this.session.ended) return;
    this.releases.push(seq);
    if (this.releases.length >= maxReleases) this.flushReleases();
    else this.releaseTimer ??= setTimeout(() => this.flushReleases(), releaseDelayMs).unref();
  }

  private flushReleases(): void {
    clearTimeout(this.releaseTimer);
    this.releaseTimer = undefined;
    if (this.releases.length === 0 || this.session.ended) return;
    const out = this.session.channel.write(this.releases.length * 5);
    out.push(operation.release, this.releases.length);
    for (const seq of this.releases) out.push(seq);
    this.releases = [];
  }

  /** The other end is gone: nothing more will be answered. */
  failAll(error: AgentScopeError): void {
    clearTimeout(this.releaseTimer);
    for (const seq of this.pending.keys()) this.failed(seq, error);
  }
}

function sizeOf(args: unknown[]): number {
  let sizeBytes = 24;
  for (const arg of args) {
    if (arg instanceof CallResult || arg instanceof LargeValue) continue;
    const content = (arg as { content?: unknown } | undefined)?.content;
    sizeBytes += 160 + (typeof content === "string" ? content.length : 200);
  }
  return sizeBytes;
}
