import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InvalidArgumentError } from "../../src/errors.js";
import { readPickle } from "../../src/management/readPickle.js";
import { writePickle } from "../../src/management/writePickle.js";

/** CPython 3.11's `pickle.loads` gives from these bytes what the test below writes. */
const loadedByPython =
  "80047d288c04617267735d28658c066b77617267737d288c0a7379735f70726f6d70748c115365692068c3b6666c69636820f09f98808c0a7573655f6d656d6f7279888c046e6f6e654e8c04696e74735d284b004bff4a000100004a000001004affffffff8a0500000080008a07010000000000e0658c036269678a090000000000000000408c06666c6f6174735d28473fe0000000000000478000000000000000477e37e43c8800759c658c056279746573430200ff8c037365748f284b018c0178908c046b6579737d284b018c036f6e65284b014b02748c0470616972758c046c6f6e674a2c010000758c0a636c6173735f6e616d658c044563686f752e";

test("writePickle writes bytes that Python's pickle was seen to load", () => {
  const keys = new Map<unknown, unknown>([
    [1, "one"],
    [[1, 2], "pair"],
  ]);
  const kwargs = {
    sys_prompt: "Sei höflich 😀",
    use_memory: true,
    none: null,
    ints: [0, 255, 256, 65536, -1, 2 ** 31, -(2 ** 53 - 1)],
    big: 2n ** 70n,
    floats: [0.5, -0, 1e300],
    bytes: new Uint8Array([0, 255]),
    set: new Set([1, "x"]),
    keys,
    long: 300,
  };
  expect(writePickle({ args: [], kwargs, class_name: "Echo" }).toString("hex")).toBe(loadedByPython);
});

test("what writePickle writes, readPickle reads as it was", () => {
  const key = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("__proto__", "constructor"));
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.oneof(
        fc.constantFrom(null, true, false),
        fc.double(),
        fc.maxSafeInteger(),
        fc.bigInt({ min: 2n ** 53n, max: 2n ** 600n }),
        fc.bigInt({ min: -(2n ** 600n), max: -(2n ** 53n) }),
        fc.string({ unit: "binary", maxLength: 400 }),
        fc.uint8Array({ maxLength: 400 }),
      ),
      fc.array(tie("value")),
      fc.dictionary(key, tie("value"), { noNullPrototype: true }),
      fc.array(fc.tuple(fc.integer(), tie("value")), { minLength: 1 }).map((entries) => new Map(entries)),
      fc.uniqueArray(fc.oneof(fc.integer(), fc.string())).map((items) => new Set(items)),
    ),
  }));
  // Vitest's own comparison stumbles over keys named "constructor".
  const property = fc.property(value, (original) => isDeepStrictEqual(readPickle(writePickle(original)), original));
  expect(fc.check(property).counterexample).toBeNull();
});

describe("writePickle", () => {
  test("leaves properties out that are undefined", () => {
    expect(readPickle(writePickle({ a: undefined, b: [undefined] }))).toStrictEqual({ b: [null] });
  });

  test.each([
    ["a function", { kwargs: { tool: () => {} } }, "kwargs.tool is a function"],
    ["a symbol", [Symbol("x")], "[0] is a symbol"],
    ["a date", { when: new Date(0) }, "when is a Date"],
    [
      "an instance of a class",
      {
        a: [
          new (class Tool {
            hammer = 1;
          })(),
        ],
      },
      "a[0] is a Tool",
    ],
    ["an object in a set", { a: new Set([{}]) }, "a{…} is an object, which Python can't have in a set"],
  ])("refuses %s with its path", (_, value, reason) => {
    expect(() => writePickle(value)).toThrow(InvalidArgumentError);
    expect(() => writePickle(value)).toThrow(reason);
  });

  test("refuses a value that contains itself", () => {
    const value: unknown[] = [];
    value.push(value);
    expect(() => writePickle(value)).toThrow("contains itself");
  });
});
