import { InvalidArgumentError } from "../errors.js";
import { packingBehind, unpackingBefore } from "./bytesBehind.js";
import { packValue, type ReferenceCodec, toWire, unpackValue } from "./valueCodec.js";

const sizeBytes = 4;

/**
 * A snapshot as the bytes of a large value, in pieces that must not be changed: u32 size of the packed value, that, and the large byte
 * arrays in it one after the other.
 */
export function packLarge(value: unknown, references: ReferenceCodec): Uint8Array[] {
  const head: Uint8Array[] = [];
  const behind = packingBehind(() => {
    const packed = packValue(toWire(value, references));
    const piece = Buffer.allocUnsafeSlow(sizeBytes + packed.length);
    piece.writeUInt32BE(packed.length, 0);
    piece.set(packed, sizeBytes);
    head.push(piece);
  });
  return [...head, ...behind];
}

/**
 * The value that {@link packLarge} packed; large byte arrays in it share the memory of `bytes`.
 *
 * @throws InvalidArgumentError when the bytes are damaged.
 */
export function unpackLarge(bytes: Buffer, references: ReferenceCodec): unknown {
  const end = bytes.length < sizeBytes ? Number.POSITIVE_INFINITY : sizeBytes + bytes.readUInt32BE(0);
  if (end > bytes.length) throw new InvalidArgumentError("received a large value that is damaged");
  return unpackingBefore(bytes.subarray(end), () => unpackValue(bytes.subarray(sizeBytes, end), references));
}
