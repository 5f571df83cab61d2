import type { Msg } from "./msg.js";

/** An agent's memory for as long as the agent lives. */
export class TemporaryMemory {
  private messages: Msg[] = [];

  /** How many messages it holds. */
  get size(): number {
    return this.messages.length;
  }

  /** Adds a message or several; nothing when there is none. */
  add(messages: Msg | readonly Msg[] | undefined): void {
    if (messages === undefined) return;
    if (Array.isArray(messages)) for (const message of messages as readonly Msg[]) this.messages.push(message);
    else this.messages.push(messages as Msg);
  }

  /**
   * What it holds, oldest first.
   *
   * @param recent only the last so many (all unless given).
   * @param filter only those for which it is true; it is asked before `recent` counts.
   */
  get({ recent, filter }: { recent?: number; filter?: (message: Msg, index: number) => boolean } = {}): Msg[] {
    const messages = filter === undefined ? this.messages.slice() : this.messages.filter(filter);
    return recent === undefined ? messages : messages.slice(Math.max(messages.length - recent, 0));
  }

  /** Deletes the messages at these places (0 is the oldest); without an argument all. */
  delete(indexes?: number | readonly number[]): void {
    if (indexes === undefined) {
      this.messages = [];
      return;
    }
    const gone = new Set(typeof indexes === "number" ? [indexes] : indexes);
    this.messages = this.messages.filter((_message, index) => !gone.has(index));
  }

  /** A copy of the list, to be kept elsewhere and given to {@link load}. */
  export(): Msg[] {
    return this.messages.slice();
  }

  /** Takes these messages in the place of what it holds; with `append`, after it. */
  load(messages: readonly Msg[], { append = false }: { append?: boolean } = {}): void {
    this.messages = append ? [...this.messages, ...messages] : [...messages];
  }
}
