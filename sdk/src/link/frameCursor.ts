import { type ReferenceCodec, unpackValue } from "../messages/valueCodec.js";
import { Cursor } from "./operations.js";
import { endOfValue } from "./packedValue.js";

/** From this size on a text has its size in a byte of its own. */
const longTextBytes = 32;

/**
 * Reads the fields of a frame of operations from its bytes (MessagePack) one by one: numbers and texts without anything in between,
 * other values as a whole.
 *
 * @throws RangeError or InvalidArgumentError where the bytes are no list of fields.
 */
export class FrameCursor extends Cursor {
  private at: number;
  private readonly count: number;
  private taken = 0;
  private lastName = "";

  constructor(
    private readonly bytes: Buffer,
    private readonly references: ReferenceCodec,
  ) {
    super([]);
    const kind = bytes[0] ?? 0;
    if (kind >= 0x90 && kind <= 0x9f) {
      this.count = kind - 0x90;
      this.at = 1;
    } else if (kind === 0xdc || kind === 0xdd) {
      this.count = kind === 0xdc ? bytes.readUInt16BE(1) : bytes.readUInt32BE(1);
      this.at = kind === 0xdc ? 3 : 5;
    } else {
      throw new RangeError("a frame of operations holds no list");
    }
  }

  override get atEnd(): boolean {
    if (this.taken < this.count) return false;
    if (this.at !== this.bytes.length) throw new RangeError("something stands behind the operations of a frame");
    return true;
  }

  override get left(): number {
    return this.count - this.taken;
  }

  /** What kind of value the next field is; it counts as taken. */
  private take(): number {
    const kind = this.bytes[this.at];
    if (kind === undefined || this.taken >= this.count) throw new RangeError("an operation lacks fields");
    this.taken++;
    return kind;
  }

  override next(): unknown {
    const kind = this.take();
    const { at } = this;
    if (kind < 0x80) {
      this.at = at + 1;
      return kind;
    }
    if (kind === 0xc0) {
      this.at = at + 1;
      return null;
    }
    if (isText(kind)) return this.textOf(kind);
    if (kind === 0xd4 && this.bytes[at + 1] === 0 && this.bytes[at + 2] === 0) {
      this.at = at + 3;
      return undefined;
    }
    this.at = endOfValue(this.bytes, at);
    return unpackValue(this.bytes.subarray(at, this.at), this.references);
  }

  override number(): number {
    const kind = this.bytes[this.at] ?? 0xc0;
    if (kind < 0x80 || kind === 0xcc || kind === 0xcd || kind === 0xce) return this.shortNumber();
    return super.number();
  }

  private shortNumber(): number {
    const { bytes } = this;
    const kind = this.take();
    const at = this.at + 1;
    const size = kind < 0x80 ? 0 : 1 << (kind - 0xcc);
    this.at = at + size;
    return size === 0 ? kind : bytes.readUIntBE(at, size);
  }

  override text(): string {
    if (!isText(this.bytes[this.at] ?? 0xc0)) return super.text();
    return this.textOf(this.take());
  }

  /** A text that is often the same as the last of its kind: then it is that one, and no memory is taken for it. */
  override name(): string {
    const { bytes, at, lastName } = this;
    const size = (bytes[at] ?? 0) - 0xa0;
    if (size === lastName.length && size > 0 && size < longTextBytes && isSame(bytes, at + 1, lastName)) {
      this.take();
      this.at = at + 1 + size;
      return lastName;
    }
    return (this.lastName = this.text());
  }

  private textOf(kind: number): string {
    const { bytes } = this;
    let from = this.at + 1;
    let size = kind - 0xa0;
    if (kind > 0xbf) {
      const sizeBytes = 1 << (kind - 0xd9);
      size = bytes.readUIntBE(from, sizeBytes);
      from += sizeBytes;
    }
    const end = from + size;
    if (end > bytes.length) throw new RangeError("a text ends behind its frame");
    this.at = end;
    return bytes.toString("utf8", from, end);
  }
}

function isText(kind: number): boolean {
  return (kind >= 0xa0 && kind <= 0xbf) || (kind >= 0xd9 && kind <= 0xdb);
}

/** Whether these bytes are that text; no byte of a longer character is the same as a character of one byte. */
function isSame(bytes: Buffer, from: number, text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const byte = bytes[from + index] as number;
    if (byte > 0x7f || byte !== text.charCodeAt(index)) return false;
  }
  return true;
}
