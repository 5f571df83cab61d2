import { CallResult } from "./callResult.js";
import type { Msg, Role } from "./msg.js";

/**
 * A field of a message that is not there yet: `await` gives it. Nothing is asked for, and nothing can fail unseen,
 * before it is awaited.
 */
class PlaceholderField<T> implements PromiseLike<T> {
  constructor(private readonly read: () => Promise<T>) {}

  toString(): string {
    return "[a field of a Placeholder: await it for its value]";
  }

  toJSON(): string {
    return this.toString();
  }

  // biome-ignore lint/suspicious/noThenProperty: it is a promise
  then<R = T, E = never>(
    onValue?: ((value: T) => R | PromiseLike<R>) | null,
    onError?: ((error: unknown) => E | PromiseLike<E>) | null,
  ): Promise<R | E> {
    return this.read().then(onValue, onError);
  }

  catch<E = never>(onError?: ((error: unknown) => E | PromiseLike<E>) | null): Promise<T | E> {
    return this.then(undefined, onError);
  }
}

/**
 * What `agent(x)` returns at once: a message that names where the real message will be. It goes into any agent's call, alone
 * or in a list, on any machine; the server that needs the value fetches it from the server that has it.
 *
 * `await placeholder` gives the {@link Msg}, `await placeholder.content` (or another field) that field; both throw
 * `AgentCallError`, `AgentServerNotAliveError` or `PlaceholderExpiredError` where there is none.
 */
export class Placeholder<Content = unknown> extends CallResult<Msg<Content>> {
  override get [Symbol.toStringTag](): string {
    return "Placeholder";
  }

  get id(): PromiseLike<string> {
    return new PlaceholderField(() => this.then((message) => message.id));
  }

  get name(): PromiseLike<string> {
    return new PlaceholderField(() => this.then((message) => message.name));
  }

  get role(): PromiseLike<Role> {
    return new PlaceholderField(() => this.then((message) => message.role));
  }

  get content(): PromiseLike<Content> {
    return new PlaceholderField(() => this.then((message) => message.content));
  }

  get url(): PromiseLike<string | string[] | undefined> {
    return new PlaceholderField(() => this.then((message) => message.url));
  }

  get metadata(): PromiseLike<unknown> {
    return new PlaceholderField(() => this.then((message) => message.metadata));
  }

  get timestamp(): PromiseLike<string> {
    return new PlaceholderField(() => this.then((message) => message.timestamp));
  }
}
