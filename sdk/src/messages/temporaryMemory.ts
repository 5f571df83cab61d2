import { asError, InvalidArgumentError } from "../errors.js";
import { Msg, type MsgRecord } from "./msg.js";

/** So many messages are looked through one by one. */
const few = 16;

/** An agent's memory for as long as the agent lives. Each message is in it once: one that it holds is not added again. */
export class TemporaryMemory {
  private messages: Msg[] = [];
  /** Of the messages, once they are more than a few: there can be a million agents with one message each. */
  private ids: Set<string> | undefined = undefined;
  /** @internal Raised when messages were deleted or replaced: what was read before is no longer true. */
  generation = 0;
  /** @internal Told of each change. */
  onChange: (() => void) | undefined = undefined;

  /** How many messages it holds. */
  get size(): number {
    return this.messages.length;
  }

  /** Adds a message or several; nothing when there is none, or when it holds it (by its id: what was observed is heard again). */
  add(messages: Msg | readonly Msg[] | undefined): void {
    if (messages === undefined) return;
    if (Array.isArray(messages)) for (const message of messages as readonly Msg[]) this.addOne(message);
    else this.addOne(messages as Msg);
  }

  private addOne(message: Msg): void {
    if (this.holds(message)) return;
    // A list that grows by `push` from nothing takes room for 17 messages; a million agents may have one each.
    if (this.messages.length === 0) this.messages = [message];
    else this.messages.push(message);
    if (this.ids !== undefined) this.ids.add(message.id);
    else if (this.messages.length > few) this.ids = new Set(this.messages.map(({ id }) => id));
    this.onChange?.();
  }

  private holds({ id }: Msg): boolean {
    return this.ids === undefined ? this.messages.some((message) => message.id === id) : this.ids.has(id);
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

  /** @internal Those at these places. */
  slice(from: number, to: number): Msg[] {
    return this.messages.slice(from, to);
  }

  /** Deletes the messages at these places (0 is the oldest); without an argument all. */
  delete(indexes?: number | readonly number[]): void {
    const gone = new Set([indexes ?? [...this.messages.keys()]].flat());
    const before = this.messages;
    this.messages = [];
    this.ids = undefined;
    this.generation++;
    this.onChange?.();
    this.add(before.filter((_message, index) => !gone.has(index)));
  }

  /** A copy of the list, to be kept elsewhere and given to {@link load}; JSON can keep it where contents are JSON. */
  export(): Msg[] {
    return this.messages.slice();
  }

  /**
   * Takes these messages in the place of what it holds; with `append`, after it.
   *
   * @param messages what `export` gave, or what JSON made of that.
   * @throws InvalidArgumentError when one of them is no message; then nothing is changed.
   */
  load(messages: readonly (Msg | MsgRecord)[], { append = false }: { append?: boolean } = {}): void {
    const loaded = messages.map((message, index) => (message instanceof Msg ? message : restored(message, index)));
    if (!append) this.delete();
    this.add(loaded);
  }
}

function restored(record: MsgRecord, index: number): Msg {
  try {
    return Msg.restore(record);
  } catch (thrown) {
    throw new InvalidArgumentError(`messages[${index}] is no message: ${asError(thrown).message}`, { cause: thrown });
  }
}
