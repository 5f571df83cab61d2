import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/errors.js";
import { packLarge, unpackLarge } from "../../src/messages/largeCodec.js";
import { largeBytes } from "../../src/messages/valueCodec.js";
import { arbitraryValue, shown } from "./arbitraryValue.js";
import { copyOf, noReferences } from "./sentValue.js";

const pack = (value: unknown) => packLarge(copyOf(value), noReferences);
const unpack = (bytes: Buffer) => unpackLarge(bytes, noReferences);
const filled = (length: number, byte: number) => new Uint8Array(length).fill(byte);

describe("a large value", () => {
  it("arrives as the copy that a local agent gets, with its byte arrays where they were", () => {
    const arrays = fc.array(fc.tuple(fc.integer({ min: largeBytes - 2, max: largeBytes + 2 }), fc.nat(255)), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(arbitraryValue, arrays, (value, lengths) => {
        const large = lengths.map(([length, byte]) => filled(length, byte));
        const arrived = unpack(Buffer.concat(pack([value, ...large.map((bytes) => ({ bytes }))]))) as unknown[];
        expect(shown(arrived[0])).toBe(shown(copyOf(value)));
        for (const [index, bytes] of large.entries()) {
          expect(Buffer.compare((arrived[index + 1] as { bytes: Uint8Array }).bytes, bytes)).toBe(0);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("is not copied where it is a byte array", () => {
    const bytes = filled(largeBytes, 7);
    expect(packLarge({ bytes }, noReferences)[1]).toBe(bytes);
  });

  it("that is damaged is refused", () => {
    const bytes = Buffer.concat(pack({ bytes: filled(largeBytes, 7) }));
    for (const length of [0, 3, 4, 20, bytes.length - 1]) {
      expect(() => unpack(bytes.subarray(0, length))).toThrow(InvalidArgumentError);
    }
  });

  it("can't be meant where a small one is", () => {
    const [head] = pack({ bytes: filled(largeBytes, 7) });
    expect(() => unpack(Buffer.from(head as Uint8Array))).toThrow("bytes are missing behind a value");
  });
});
