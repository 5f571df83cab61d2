/** Something that code waits for, and that is told so. */
export interface AwaitedSource {
  /** Whether it matters who waits for it from here: it has not ended, and this code could be in a circle. */
  readonly isWatched: boolean;
  /** Code goes on only when it has ended. */
  awaited(): void;
}

type OnValue<T, R> = ((value: T) => R | PromiseLike<R>) | null | undefined;
type OnError<E> = ((error: unknown) => E | PromiseLike<E>) | null | undefined;

/**
 * Whether `then` is called by the language, for an `await` or one of `Promise`'s functions, and not by code that wants to be
 * called back, and may go on meanwhile. The language's functions have no name and no source.
 */
export function isAwait(onValue: unknown): boolean {
  return typeof onValue === "function" && onValue.name === "" && String(onValue) === nativeSource;
}

const nativeSource = "function () { [native code] }";

/** What `then`, `catch` or `finally` of a source gave: who awaits this waits for the source. */
class DerivedPromise<T> implements Promise<T> {
  constructor(
    private readonly promise: Promise<T>,
    private readonly source: AwaitedSource,
  ) {}

  get [Symbol.toStringTag](): string {
    return "Promise";
  }

  // biome-ignore lint/suspicious/noThenProperty: it is a promise
  then<R = T, E = never>(onValue?: OnValue<T, R>, onError?: OnError<E>): Promise<R | E> {
    return derived(this.promise.then(onValue, onError), { source: this.source, onValue });
  }

  catch<E = never>(onError?: OnError<E>): Promise<T | E> {
    return this.then(undefined, onError);
  }

  finally(onEnd?: (() => void) | null): Promise<T> {
    return derived(this.promise.finally(onEnd), { source: this.source, onValue: undefined });
  }
}

const nothing = () => undefined;

/** What `then` of a source gives to an `await`, which has no use for it: a promise of nothing, made when somebody has one. */
export class AfterAwait implements Promise<unknown> {
  constructor(private readonly source: Promise<unknown>) {}

  get [Symbol.toStringTag](): string {
    return "Promise";
  }

  private ended(): Promise<unknown> {
    return this.source.then(nothing, nothing);
  }

  // biome-ignore lint/suspicious/noThenProperty: it is a promise
  then<R = unknown, E = never>(onValue?: OnValue<unknown, R>, onError?: OnError<E>): Promise<R | E> {
    return this.ended().then(onValue, onError);
  }

  catch<E = never>(onError?: OnError<E>): Promise<unknown> {
    return this.ended().catch(onError);
  }

  finally(onEnd?: (() => void) | null): Promise<unknown> {
    return this.ended().finally(onEnd);
  }
}

/** What `then` of a source gives; tells the source when it is awaited by that. */
export function derived<T>(
  promise: Promise<T>,
  { source, onValue }: { source: AwaitedSource; onValue: unknown },
): Promise<T> {
  if (!source.isWatched) return promise;
  if (!isAwait(onValue)) return new DerivedPromise(promise, source);
  source.awaited();
  return promise;
}
