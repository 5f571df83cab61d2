import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InvalidArgumentError } from "../../src/errors.js";
import { readPickle } from "../../src/management/readPickle.js";
import { pythonPickles } from "./pythonPickles.js";

const read = (hex: string) => readPickle(Buffer.from(hex, "hex"));
const bytes = (...parts: (string | number)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from([part]))));

const shared = ["again"];
const plainData = {
  none: null,
  yes: true,
  no: false,
  ints: [
    ...[0, 255, 256, 65535, 65536, -1, -(2 ** 31), 2 ** 31, 2 ** 53 - 1, -(2 ** 53 - 1)],
    ...[2n ** 53n, 2n ** 63n, -(2n ** 63n), 2n ** 70n, -(2n ** 70n)],
  ],
  floats: [0.5, -0, 1e300, Infinity, -Infinity],
  text: "é😀\n\\u0041",
  tuple: [1, 2, 3, 4],
  one: [1],
  two: [1, 2],
  three: [1, 2, 3],
  empty: [[], [], {}],
  shared: [shared, shared],
};

describe("readPickle reads what Python writes", () => {
  test.each(Object.entries(pythonPickles.plainData))("plain data in protocol %s", (_, hex) => {
    expect(read(hex)).toStrictEqual(plainData);
  });

  test("agent_init_args by dill", () => {
    expect(read(pythonPickles.initArgs)).toStrictEqual({
      args: ["Bob"],
      kwargs: { sys_prompt: "Sei höflich 😀", model_config_name: "m", use_memory: true },
      class_name: "Echo",
    });
  });

  test("bytes and bytearray", () => {
    expect(read(pythonPickles.bytes)).toStrictEqual([new Uint8Array(), new Uint8Array([0, 255])]);
    expect(read(pythonPickles.bytearray)).toStrictEqual(new Uint8Array([1, 2]));
  });

  test("sets and frozensets", () => {
    expect(read(pythonPickles.sets)).toStrictEqual([new Set([1]), new Set(["a"]), new Set(), new Set()]);
  });

  test("a dict whose keys are not all strings as a Map", () => {
    const keys: [unknown, unknown][] = [
      [1, "one"],
      [[1, 2], "pair"],
      [null, 0],
      [new Uint8Array([107]), 1],
    ];
    expect([...(read(pythonPickles.keys) as Map<unknown, unknown>)]).toStrictEqual(keys);
  });

  test("text that begins with a byte order mark, whole", () => {
    expect(readPickle(bytes(0x8c, 4, "\xef\xbb\xbfx", "."))).toBe("\ufeffx");
  });
});

describe("readPickle refuses", () => {
  test.each([
    ["a call of a function", pythonPickles.systemCall, "posix.system (STACK_GLOBAL)"],
    ["a call of a function in protocol 0", pythonPickles.systemCallInText, "posix.system (GLOBAL)"],
    ["a date", pythonPickles.date, "datetime.date (STACK_GLOBAL)"],
    ["an OrderedDict", pythonPickles.orderedDict, "collections.OrderedDict (GLOBAL)"],
    ["bytes of protocol 0", pythonPickles.bytesInText, "_codecs.encode (GLOBAL)"],
  ])("%s, naming it and where it stands", (_, hex, what) => {
    expect(() => read(hex)).toThrow(InvalidArgumentError);
    expect(() => read(hex)).toThrow(`it needs ${what}, but only None, bool, int`);
    expect(() => read(hex)).toThrow(/at byte \d+$/);
  });

  test("a list that contains itself", () => {
    expect(() => read(pythonPickles.cycle)).toThrow("a value contains itself");
  });

  test("values that stand deeper in each other than the limit", () => {
    const nested = (levels: number) => bytes("]".repeat(levels), "a".repeat(levels - 1), ".");
    expect(readPickle(nested(3), { maxDepth: 3 })).toStrictEqual([[[]]]);
    expect(() => readPickle(nested(4), { maxDepth: 3 })).toThrow("more than 3 deep");
    expect(() => readPickle(nested(100_000))).toThrow("more than 200 deep");
  });

  test("a hundred bytes that stand for gigabytes", () => {
    const level = bytes("q", 0, "](", ...Array.from({ length: 10 }, () => "h\0"), "e");
    const bomb = Buffer.concat([bytes("]"), ...Array.from({ length: 40 }, () => level), bytes(".")]);
    expect(() => readPickle(bomb)).toThrow("its values have more than 33554432 bytes");
  });

  test("an input over the limit", () => {
    expect(() => readPickle(Buffer.alloc(11), { maxSizeBytes: 10 })).toThrow("it has 11 bytes, at most 10 are read");
  });

  test.each([
    ["nothing", bytes(), "it ends too early, at byte 0"],
    ["a value without end", bytes("N"), "it ends too early, at byte 1"],
    ["more after the end", bytes("N.N"), "more bytes follow its end"],
    ["an end without value", bytes("."), "nothing is on the stack"],
    ["text longer than the input", bytes("X\xff\xff\xff\x7fabc."), "it ends too early"],
    ["text of 2^63 bytes", bytes(0x8d, "\0\0\0\0\0\0\0\x80abc."), "it ends too early"],
    ["text that is not UTF-8", bytes(0x8c, 1, 0xff, "."), "text that is not UTF-8"],
    ["text of Python 2", bytes("U\x03abc."), "SHORT_BINSTRING is text of Python 2"],
    ["an unknown opcode", bytes(0xff), "opcode 0xff is not one of Python's"],
    ["an unknown protocol", bytes(0x80, 6, "N."), "protocol 6 is not known"],
    ["a memo that was not set", bytes("h\x05."), "nothing is in memo 5"],
    ["items for no list", bytes("NNa."), "items are appended to what is no list"],
    ["entries for no dict", bytes("]NNs."), "items are set in what is no dict"],
    ["a key without value", bytes("}(Nu."), "a key without value"],
    ["a mark that is not there", bytes("Nt."), "no mark is on the stack"],
    ["an endless integer", bytes("L", "9".repeat(3000), "L\n."), "more than 2400 digits"],
    ["a large binary integer", bytes(0x8b, "\xff\xff\xff\x7f"), "an integer of 2147483647 bytes"],
    ["an integer that is none", bytes("Ix\n."), "an integer that is none"],
    ["a float that is none", bytes("F0x10\n."), "a float that is none"],
  ])("%s", (_, input, reason) => {
    expect(() => readPickle(input)).toThrow(InvalidArgumentError);
    expect(() => readPickle(input)).toThrow(reason);
  });

  test("random bytes with an InvalidArgumentError, if at all", () => {
    const opcodes = fc.constantFrom(
      ...Buffer.from("().012BCFGIJKLMNVX]adeghjlpqrstu}\x80\x85\x8a\x8b\x8c\x8f\x90\x91\x94\x95\x96", "latin1"),
    );
    const program = fc.array(fc.oneof({ weight: 4, arbitrary: opcodes }, fc.nat(255)), { maxLength: 60 });
    const outcome = (codes: number[]): unknown => {
      try {
        return readPickle(Buffer.from([...codes, 0x2e]));
      } catch (error) {
        return error;
      }
    };
    const property = fc.property(program, (codes) => {
      const result = outcome(codes);
      return !(result instanceof Error) || result instanceof InvalidArgumentError;
    });
    expect(fc.check(property, { numRuns: 3000 }).counterexample).toBeNull();
  });
});

test("a key named __proto__ is data and changes no prototype", () => {
  const value = read(pythonPickles.prototype) as object;
  expect(Object.keys(value)).toStrictEqual(["__proto__", "constructor"]);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  expect("polluted" in value).toBe(false);
  expect("polluted" in {}).toBe(false);
});
