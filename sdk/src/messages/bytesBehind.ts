/** Large byte arrays of a value stand behind it instead of in it while it travels: they are not copied when it is packed. */

/** Those of the value that is packed; undefined: none stands behind it. */
let packed: Uint8Array[] | undefined;
/** What is left behind the value that is unpacked. */
let left: Uint8Array | undefined;

/** Lets byte arrays stand behind what is packed meanwhile, and gives them. */
export function packingBehind(pack: () => void): Uint8Array[] {
  const behind: Uint8Array[] = [];
  packed = behind;
  try {
    pack();
    return behind;
  } finally {
    packed = undefined;
  }
}

/** Puts bytes behind the value that is packed, in the order in which they stand in it; false where none stands there. */
export function putBehind(bytes: Uint8Array): boolean {
  packed?.push(bytes);
  return packed !== undefined;
}

/** Unpacks a value with this behind it. */
export function unpackingBefore<Value>(behind: Uint8Array, unpack: () => Value): Value {
  left = behind;
  try {
    return unpack();
  } finally {
    left = undefined;
  }
}

/**
 * The next bytes behind the value that is unpacked; they share its memory.
 *
 * @throws RangeError when there are not so many.
 */
export function takeBehind(length: unknown): Uint8Array {
  if (left === undefined || typeof length !== "number" || !(length >= 0 && length <= left.length)) {
    throw new RangeError("bytes are missing behind a value");
  }
  const { buffer, byteOffset } = left;
  left = left.subarray(length);
  return new Uint8Array(buffer, byteOffset, length);
}
