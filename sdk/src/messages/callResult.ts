import { inspect } from "node:util";
import { type AgentScopeError, PlaceholderExpiredError } from "../errors.js";
import { AfterAwait, type AwaitedSource, derived, isAwait } from "./derivedPromise.js";
import { readValue } from "./remoteFile.js";
import { forgetUnread, noteUnread } from "./unreadFailures.js";

/** Where the value of a {@link CallResult} comes from, and who is told when it is no longer needed. */
export interface ResultSource {
  /** Asks for a value that stayed on its server; ends in `fulfil` or `fail`. */
  fetch(result: CallResult<unknown>): void;
  /** Nobody here will ask for the value again. */
  release(result: CallResult<unknown>): void;
  /** The failure as who called is told it. */
  failureFor?(error: AgentScopeError): AgentScopeError;
  /** The call is given up: it need not begin. */
  cancel?(result: CallResult<unknown>): void;
  /** The id of the call (studio/callBatch.ts); undefined where it has none. */
  callId?(result: CallResult<unknown>): string | undefined;
  /** Calls back once the call has its id, or will have none; unless it has one from the beginning. */
  whenNamed?(callback: () => void): void;
}

/** Who looks for cycles. */
export interface AwaitHook {
  /** Whether code of an agent runs, which can be in a circle; a script's can't. */
  inTurn(): boolean;
  /** That code waits for a result that is not there. */
  awaited(result: CallResult<unknown>): void;
}

const noHook: AwaitHook = { inTurn: () => false, awaited: () => {} };
let awaitHook = noHook;

/** Set by the runtime; without a hook nobody looks. */
export function setAwaitHook(hook: AwaitHook = noHook): void {
  awaitHook = hook;
}

type State = "pending" | "kept" | "value" | "failed";

/** A large value that stayed on its server is released there when nothing here refers to it any more. */
const kept = new FinalizationRegistry<() => void>((release) => release());

/**
 * The promised result of a call of an agent. It is complete when it is made: it can go into other calls, on any machine,
 * before its value is there. `await` gives the value, or throws why there is none.
 */
export class CallResult<T> implements Promise<T>, AwaitedSource {
  /** @internal */ state: State = "pending";
  /** @internal The value, or the error. */ outcome: unknown = undefined;
  /** @internal */ source: ResultSource | undefined;
  /** @internal The number of its call among those of its source. */ seq: number;
  /** @internal Calls that were given it by reference and may still fetch it. */ pins = 0;
  /** @internal A reference to it is out in a value: only age ends it. */ escaped = false;
  private wasRead = false;
  private fetching = false;
  private waiters: ((result: CallResult<unknown>) => void)[] | undefined = undefined;
  private promise: Promise<T> | undefined = undefined;
  /** Of the promise, or of the only `await`: a run can have a million of these, so nothing is made that nobody needs. */
  private resolve: ((value: unknown) => void) | undefined = undefined;
  private reject: ((error: unknown) => void) | undefined = undefined;

  constructor(source: ResultSource | undefined, seq: number) {
    this.source = source;
    this.seq = seq;
  }

  get [Symbol.toStringTag](): string {
    return "CallResult";
  }

  toString(): string {
    return `[${this[Symbol.toStringTag]}: await it for its value]`;
  }

  /** Shown where somebody forgot to await it, instead of what it is made of. */
  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return `${this[Symbol.toStringTag]} { ${this.state} }`;
  }

  // biome-ignore lint/suspicious/noThenProperty: it is a promise
  then<R = T, E = never>(
    onValue?: ((value: T) => R | PromiseLike<R>) | null,
    onError?: ((error: unknown) => E | PromiseLike<E>) | null,
  ): Promise<R | E> {
    if (this.promise === undefined && this.resolve === undefined && isAwait(onValue) && isAwait(onError)) {
      return this.awaitedBy(onValue as (value: unknown) => void, onError as (error: unknown) => void);
    }
    this.promise ??= this.makePromise();
    return derived(this.promise.then(onValue, onError), { source: this, onValue });
  }

  catch<E = never>(onError?: ((error: unknown) => E | PromiseLike<E>) | null): Promise<T | E> {
    return this.then(undefined, onError);
  }

  finally(onEnd?: (() => void) | null): Promise<T> {
    return this.then().finally(onEnd);
  }

  /** @internal Code waits for it. */
  awaited(): void {
    awaitHook.awaited(this);
  }

  /** @internal Whether it matters who waits for it from here. */
  get isWatched(): boolean {
    return !this.settled && awaitHook.inTurn();
  }

  /** The language's functions may be called at once: they call nobody themselves. */
  private awaitedBy<R>(onValue: (value: unknown) => void, onError: (error: unknown) => void): Promise<R> {
    if (this.isWatched) this.awaited();
    this.resolve = onValue;
    this.reject = onError;
    this.readForPromise();
    return new AfterAwait(this) as Promise<unknown> as Promise<R>;
  }

  private makePromise(): Promise<T> {
    const { resolve, reject } = this;
    const promise = new Promise<T>(captureResolvers);
    const [ownResolve, ownReject] = [capturedResolve as (value: unknown) => void, capturedReject];
    this.resolve = resolve === undefined ? ownResolve : inTurn(resolve, ownResolve);
    this.reject = reject === undefined ? ownReject : inTurn(reject, ownReject);
    this.readForPromise();
    return promise;
  }

  private readForPromise(): void {
    this.markRead();
    if (this.state === "kept") this.fetchOnce();
    // Maybe by what was fetched just now.
    if (this.settled) this.settlePromise();
  }

  private settlePromise(): void {
    if (this.state === "failed") this.reject?.(this.outcome);
    else this.resolve?.(readValue(this.outcome));
    this.resolve = undefined;
    this.reject = undefined;
  }

  /** @internal Calls back when the value itself or a failure is here; fetches a value that stayed on its server. */
  whenRead(callback: (result: CallResult<unknown>) => void): void {
    this.markRead();
    if (this.settled) {
      callback(this);
      return;
    }
    (this.waiters ??= []).push(callback);
    if (this.state === "kept") this.fetchOnce();
  }

  /** @internal Whether the value or a failure is here. */
  get settled(): boolean {
    return this.state === "value" || this.state === "failed";
  }

  /** @internal Somebody takes care of a failure: another call was given this result and fails with it. */
  markRead(): void {
    this.wasRead = true;
    if (this.state === "failed") forgetUnread(this);
  }

  /** @internal The value is here. */
  fulfil(value: unknown): void {
    if (this.settled) return;
    this.state = "value";
    this.outcome = value;
    this.end();
  }

  /** @internal There will be no value. */
  fail(thrown: AgentScopeError): void {
    if (this.settled) return;
    const error = this.source?.failureFor?.(thrown) ?? thrown;
    this.state = "failed";
    this.outcome = error;
    if (!this.wasRead) noteUnread(this, error);
    this.end();
  }

  /** @internal The value is ready, and stays on its server until it is asked for. */
  keep(release: () => void): void {
    if (this.state !== "pending") return;
    this.state = "kept";
    if (!this.escaped) kept.register(this, release, this);
    if (this.waiters !== undefined || this.resolve !== undefined) this.fetchOnce();
  }

  /** @internal A reference to it goes out in a value: who has it may ask at any time, so that nobody here releases it. */
  escape(): void {
    this.escaped = true;
    kept.unregister(this);
  }

  /** @internal Gives up: its value was dropped. */
  expire(reason: string): void {
    this.fail(new PlaceholderExpiredError(reason));
  }

  private fetchOnce(): void {
    if (this.fetching) return;
    this.fetching = true;
    this.source?.fetch(this);
  }

  private end(): void {
    if (this.fetching) kept.unregister(this);
    if (this.pins === 0) this.source?.release(this);
    if (this.resolve !== undefined) this.settlePromise();
    if (this.waiters !== undefined) tellWaiters(this);
  }

  /** @internal */
  callWaiters(): void {
    const { waiters } = this;
    this.waiters = undefined;
    if (waiters !== undefined) for (const waiter of waiters) waiter(this);
  }

  /** @internal A call that was given it by reference has ended. */
  unpin(): void {
    this.pins--;
    if (this.pins === 0 && this.settled) this.source?.release(this);
  }
}

/** Results that have ended, and whose waiters are still to be called. */
let ended: CallResult<unknown>[] | undefined;

/**
 * Calls the waiters of a result that has ended: at once, or, where that is in the middle of a waiter of another result, after it.
 * So a chain of calls, each given the result of the one before, may be of any length.
 */
function tellWaiters(result: CallResult<unknown>): void {
  if (ended !== undefined) {
    ended.push(result);
    return;
  }
  const queue = [result];
  ended = queue;
  let told = 0;
  try {
    while (told < queue.length) {
      queue[told++]?.callWaiters();
      if (told > 1000) told -= queue.splice(0, told).length;
    }
  } finally {
    ended = undefined;
    // A waiter threw: that is for who ended the first result; the others are told all the same.
    for (const left of queue.slice(told)) queueMicrotask(() => tellWaiters(left));
  }
}

/** The first `await` hears before those that came later. */
function inTurn(first: (value: unknown) => void, then: (value: unknown) => void): (value: unknown) => void {
  return (value) => {
    first(value);
    then(value);
  };
}

let capturedResolve: (value: never) => void;
let capturedReject: (error: unknown) => void;

/** A promise's executor that leaves the resolvers where the one who makes the promise takes them. */
function captureResolvers(resolve: (value: never) => void, reject: (error: unknown) => void): void {
  capturedResolve = resolve;
  capturedReject = reject;
}
