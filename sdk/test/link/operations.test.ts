import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { argumentKind, Cursor, operation } from "../../src/link/operations.js";

describe("the numbers of the protocol", () => {
  it("mean one thing each", () => {
    for (const numbers of [operation, argumentKind]) {
      expect(new Set(Object.values(numbers)).size).toBe(Object.keys(numbers).length);
    }
  });
});

describe("a cursor", () => {
  it("reads fields in turn, and knows the end", () => {
    const cursor = new Cursor([1, "text", null, "more", { any: 1 }]);
    expect(cursor.atEnd).toBe(false);
    expect(cursor.number()).toBe(1);
    expect(cursor.text()).toBe("text");
    expect(cursor.optionalText()).toBeUndefined();
    expect(cursor.optionalText()).toBe("more");
    expect(cursor.next()).toEqual({ any: 1 });
    expect(cursor.atEnd).toBe(true);
    expect(() => cursor.next()).toThrow(/lacks fields/);
  });

  it("takes for a number only what can be one of ours", () => {
    for (const field of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, "1", null, undefined, 1n, {}]) {
      expect(() => new Cursor([field]).number()).toThrow(RangeError);
    }
    fc.assert(
      fc.property(fc.maxSafeNat(), (number) => {
        expect(new Cursor([number]).number()).toBe(number);
      }),
    );
  });

  it("takes for text only text", () => {
    for (const field of [1, null, undefined, {}, ["a"]]) expect(() => new Cursor([field]).text()).toThrow(RangeError);
    for (const field of [1, {}, ["a"]]) expect(() => new Cursor([field]).optionalText()).toThrow(RangeError);
  });

  it("repeats the last timestamp where there is none", () => {
    const cursor = new Cursor(["2024-01-01 00:00:00", null, "2024-01-01 00:00:01", null]);
    const read = Array.from({ length: 4 }, () => cursor.timestamp());
    expect(read.map((timestamp) => timestamp.slice(-1))).toEqual(["0", "0", "1", "1"]);
    expect(() => new Cursor([null]).timestamp()).toThrow(/lacks its timestamp/);
    expect(() => new Cursor([5]).timestamp()).toThrow(RangeError);
  });
});
