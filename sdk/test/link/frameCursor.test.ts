import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AgentScopeError } from "../../src/errors.js";
import { FrameCursor } from "../../src/link/frameCursor.js";
import { endOfValue } from "../../src/link/packedValue.js";
import { unpackValue } from "../../src/messages/valueCodec.js";
import { arbitraryValue } from "../messages/arbitraryValue.js";
import { bytesOf, noReferences } from "../messages/sentValue.js";

const fieldsOf = (bytes: Uint8Array): unknown[] => {
  const fields: unknown[] = [];
  for (const cursor = new FrameCursor(Buffer.from(bytes), noReferences); !cursor.atEnd; ) fields.push(cursor.next());
  return fields;
};

describe("a frame's fields, read one by one", () => {
  it("are those that the whole list has, whatever stands in it", () => {
    fc.assert(
      fc.property(fc.array(arbitraryValue, { maxLength: 30 }), (values) => {
        const bytes = bytesOf(values);
        expect(fieldsOf(bytes)).toEqual(unpackValue(bytes, noReferences));
      }),
    );
    const many = Array.from({ length: 70_000 }, (_, index) => index);
    expect(fieldsOf(bytesOf(many))).toEqual(many);
  });

  it("are numbers, texts and names of any size", () => {
    for (const number of [0, 127, 128, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
      expect(new FrameCursor(Buffer.from(bytesOf([number])), noReferences).number()).toBe(number);
    }
    const texts = [0, 1, 31, 32, 63, 64, 255, 256, 65_535, 65_536].flatMap((size) => [
      "x".repeat(size),
      "ä".repeat(size),
    ]);
    const twice = texts.flatMap((text) => [text, text]);
    for (const read of ["text", "name", "optionalText", "next"] as const) {
      const cursor = new FrameCursor(Buffer.from(bytesOf(twice)), noReferences);
      expect(twice.map(() => cursor[read]())).toEqual(twice);
      expect(cursor.atEnd).toBe(true);
    }
  });

  it("are each taken for what it is, and for nothing else", () => {
    for (const field of [-1, 0.5, Number.NaN, 2 ** 53, "1", null, undefined, 1n, {}, [1]]) {
      expect(() => new FrameCursor(Buffer.from(bytesOf([field])), noReferences).number()).toThrow(RangeError);
    }
    for (const field of [1, null, undefined, {}, ["a"]]) {
      for (const read of ["text", "name"] as const) {
        expect(() => new FrameCursor(Buffer.from(bytesOf([field])), noReferences)[read]()).toThrow(RangeError);
      }
    }
  });

  it("end in an error where bytes are missing, too many, or no list", () => {
    fc.assert(
      fc.property(fc.array(arbitraryValue, { minLength: 1, maxLength: 8 }), fc.nat(), (values, place) => {
        const bytes = bytesOf(values);
        expect(thrownBy(() => fieldsOf(bytes.subarray(0, place % bytes.length)))).toSatisfy(isExpected);
        expect(thrownBy(() => fieldsOf(Buffer.concat([bytes, bytes])))).toSatisfy(isExpected);
      }),
    );
    expect(thrownBy(() => fieldsOf(bytesOf({ call: 1 })))).toSatisfy(isExpected);
    expect(thrownBy(() => fieldsOf(new Uint8Array()))).toSatisfy(isExpected);
  });

  it("end in an error, or are something, whatever the bytes are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200, size: "max" }), (bytes) => {
        const list = Buffer.concat([Uint8Array.of(0xdc, 0, 20), bytes]);
        for (const read of [() => fieldsOf(list), () => endOfValue(Buffer.from(bytes), 0)]) {
          expect(thrownBy(read) ?? new RangeError("none")).toSatisfy(isExpected);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

function thrownBy(read: () => unknown): unknown {
  try {
    read();
    return undefined;
  } catch (thrown) {
    return thrown;
  }
}

function isExpected(thrown: unknown): boolean {
  return thrown instanceof RangeError || thrown instanceof AgentScopeError;
}
