import { InvalidArgumentError } from "../errors.js";

/** What stands on the stack: a dict is a `Map`, a list or tuple an array, a set or frozenset a `Set`. */
export type StackValue = unknown;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The state of pickle's stack machine: where it reads, its stack with marks, and its memo. */
export class PickleMachine {
  readonly bytes: Buffer;
  /** Where the next byte is read. */
  at = 0;
  /** Where the opcode under work stands: errors name it. */
  opcodeAt = 0;
  #stack: StackValue[] = [];
  /** Stacks below the marks, the oldest first. */
  readonly #marked: StackValue[][] = [];
  readonly #memo = new Map<number, StackValue>();

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  fail(what: string): InvalidArgumentError {
    return new InvalidArgumentError(`The pickle can't be read: ${what}, at byte ${this.opcodeAt}`);
  }

  /** The next `length` bytes, which are a part of the input and not a copy. */
  take(length: number): Buffer {
    if (length > this.bytes.length - this.at) throw this.fail("it ends too early");
    const part = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    return part;
  }

  takeByte(): number {
    return this.take(1).readUInt8();
  }

  takeUint32(): number {
    return this.take(4).readUInt32LE();
  }

  /** A length of 8 bytes; what the input can't hold anyway is refused by {@link take}. */
  takeUint64(): number {
    return Number(this.take(8).readBigUInt64LE());
  }

  takeLine(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) throw this.fail("a line without end");
    const line = this.bytes.toString("latin1", this.at, end);
    this.at = end + 1;
    return line;
  }

  takeText(length: number): string {
    try {
      return utf8.decode(this.take(length));
    } catch (error) {
      if (error instanceof InvalidArgumentError) throw error;
      throw this.fail("text that is not UTF-8");
    }
  }

  push(value: StackValue): void {
    this.#stack.push(value);
  }

  pop(): StackValue {
    this.peek();
    return this.#stack.pop();
  }

  peek(): StackValue {
    if (this.#stack.length === 0) throw this.fail("nothing is on the stack");
    return this.#stack.at(-1);
  }

  mark(): void {
    this.#marked.push(this.#stack);
    this.#stack = [];
  }

  /** What was pushed since the last mark, which is gone then. */
  popToMark(): StackValue[] {
    const below = this.#marked.pop();
    if (below === undefined) throw this.fail("no mark is on the stack");
    const items = this.#stack;
    this.#stack = below;
    return items;
  }

  /** POP takes a mark away too when it is on top. */
  popOrUnmark(): void {
    if (this.#stack.length > 0) this.#stack.pop();
    else this.popToMark();
  }

  /** Pairs of key and value since the last mark. */
  popPairs(): [StackValue, StackValue][] {
    const items = this.popToMark();
    if (items.length % 2 !== 0) throw this.fail("a key without value");
    return Array.from({ length: items.length / 2 }, (_, index) => [items[2 * index], items[2 * index + 1]]);
  }

  memoize(index: number): void {
    this.#memo.set(index, this.peek());
  }

  memoizeNext(): void {
    this.memoize(this.#memo.size);
  }

  pushMemo(index: number): void {
    if (!this.#memo.has(index)) throw this.fail(`nothing is in memo ${index}`);
    this.push(this.#memo.get(index));
  }
}
