import { taggedType } from "../messages/valueCodec.js";

/**
 * Where a MessagePack value ends that begins at a place of these bytes, whatever is in it.
 *
 * @throws RangeError when it ends behind them.
 */
export function endOfValue(bytes: Buffer, from: number): number {
  let at = from;
  // Values that are still to come: those in lists and maps are among them.
  for (let values = 1; values > 0; values--) {
    const kind = bytes[at] ?? endsTooLate();
    if (kind <= 0x7f || kind >= 0xe0 || (kind >= 0xc0 && kind <= 0xc3)) at += 1;
    else if (kind <= 0x8f) [at, values] = [at + 1, values + 2 * (kind - 0x80)];
    else if (kind <= 0x9f) [at, values] = [at + 1, values + kind - 0x90];
    else if (kind <= 0xbf) at += 1 + kind - 0xa0;
    else if (kind <= 0xc6) at += sizedBy(bytes, at, 1 << (kind - 0xc4));
    else if (kind <= 0xc9) at += 1 + sizedBy(bytes, at, 1 << (kind - 0xc7));
    else if (kind <= 0xcb) at += kind === 0xca ? 5 : 9;
    else if (kind <= 0xcf) at += 1 + (1 << (kind - 0xcc));
    else if (kind <= 0xd3) at += 1 + (1 << (kind - 0xd0));
    else if (kind <= 0xd8) {
      // The packer writes what a tagged value holds behind its tag.
      if (kind === 0xd4 && bytes[at + 1] === taggedType) values++;
      at += 2 + (1 << (kind - 0xd4));
    } else if (kind <= 0xdb) at += sizedBy(bytes, at, 1 << (kind - 0xd9));
    else {
      const sizeBytes = kind === 0xdc || kind === 0xde ? 2 : 4;
      values += sizeAt(bytes, at + 1, sizeBytes) * (kind >= 0xde ? 2 : 1);
      at += 1 + sizeBytes;
    }
  }
  return at > bytes.length ? endsTooLate() : at;
}

/** How long a value is with its kind and its size in front. */
function sizedBy(bytes: Buffer, at: number, sizeBytes: number): number {
  return 1 + sizeBytes + sizeAt(bytes, at + 1, sizeBytes);
}

function sizeAt(bytes: Buffer, at: number, sizeBytes: number): number {
  return at + sizeBytes > bytes.length ? endsTooLate() : bytes.readUIntBE(at, sizeBytes);
}

function endsTooLate(): never {
  throw new RangeError("a value ends behind its frame");
}
