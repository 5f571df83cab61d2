import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AgentScopeError, InvalidArgumentError } from "../../src/errors.js";
import { Msg } from "../../src/messages/msg.js";
import { RemoteFile } from "../../src/messages/remoteFile.js";
import { unpackValue } from "../../src/messages/valueCodec.js";
import { arbitraryMessage, arbitraryValue, recordOf, shown } from "./arbitraryValue.js";
import { bytesOf, copyOf, noReferences, sent } from "./sentValue.js";

describe("keys that mean something to the language", () => {
  it("are data after the copy and after the way", () => {
    const value = recordOf([
      ["__proto__", { polluted: true }],
      ["constructor", { prototype: { polluted: true } }],
      ["toJSON", "no function"],
    ]);
    for (const arrived of [copyOf(value), sent(value)] as Record<string, unknown>[]) {
      expect(Object.getPrototypeOf(arrived)).toBe(Object.prototype);
      expect(Object.keys(arrived)).toEqual(["__proto__", "constructor", "toJSON"]);
      expect(arrived["polluted"]).toBeUndefined();
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it("pollute nothing when bytes name them directly", () => {
    // {"__proto__": {"polluted": 1}} as a plain MessagePack map.
    const text = (s: string): number[] => [0xa0 + s.length, ...Buffer.from(s)];
    const bytes = Uint8Array.from([0x81, ...text("__proto__"), 0x81, ...text("polluted"), 1]);
    const arrived = unpackValue(bytes, noReferences) as object;
    expect(Object.getPrototypeOf(arrived)).toBe(Object.prototype);
    expect((arrived as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

/** What of a value must not come out of received bytes, whatever they are. */
function notData(value: unknown, depth: number): string | undefined {
  if (depth > 10_000) return "it contains itself";
  if (typeof value === "function" || typeof value === "symbol") return `a ${typeof value}`;
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return undefined;
  const prototype: unknown = Object.getPrototypeOf(value);
  const allowed = [Object, Array, Map, Set, Date, Msg, RemoteFile].map((kind) => kind.prototype as unknown);
  if (!allowed.includes(prototype)) return shown(value);
  const parts = value instanceof Map ? [...value].flat() : value instanceof Set ? [...value] : Object.values(value);
  return parts.map((part) => notData(part, depth + 1)).find((found) => found !== undefined);
}

/** What is wrong with what the decoder makes of these bytes, if anything is. */
function complaint(bytes: Uint8Array): string | undefined {
  let value: unknown;
  try {
    value = unpackValue(bytes, noReferences);
  } catch (thrown) {
    return thrown instanceof InvalidArgumentError ? undefined : shown(thrown);
  }
  return notData(value, 0);
}

/** Changes, cuts out, or puts in some bytes. */
const damage = fc.array(
  fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), cut: fc.nat(3), put: fc.uint8Array({ maxLength: 4 }) }),
  { minLength: 1, maxLength: 4 },
);

describe("received bytes", () => {
  const intact = bytesOf({ intact: [1, "two", new Map([[3n, new Date(4)]])] });
  const expected = shown({ intact: [1, "two", new Map([[3n, new Date(4)]])] });
  const stillWorks = () => expect(shown(unpackValue(intact, noReferences))).toBe(expected);

  it("that are damaged give an error or data, change nothing, and leave the decoder whole", () => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    fc.assert(
      fc.property(fc.oneof(arbitraryValue, arbitraryMessage), damage, (value, changes) => {
        const bytes = [...bytesOf(value)];
        for (const { at, cut, put } of changes) bytes.splice(Math.floor(at * bytes.length), cut, ...put);
        expect(complaint(Uint8Array.from(bytes))).toBeUndefined();
        stillWorks();
      }),
      { numRuns: 2000 },
    );
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
  });

  it("that are random give an error or data", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(complaint(bytes)).toBeUndefined();
        stillWorks();
      }),
      { numRuns: 3000 },
    );
  });

  it("that begin with an extension's mark give an error or data", () => {
    const extension = fc.constantFrom(0x42, 0x61, 0x62, 0x65, 0x69, 0x70, 0x72, 0x73, 0x74, 0x78, 0xff, 0, 1);
    const mark = fc.constantFrom([0xd4], [0xd5], [0xd6], [0xd7], [0xd8], [0xc7, 2], [0xc7, 5], [0xc7, 12]);
    fc.assert(
      fc.property(mark, extension, fc.uint8Array({ maxLength: 40 }), (head, type, rest) => {
        expect(complaint(Uint8Array.from([...head, type, ...rest]))).toBeUndefined();
        expect(complaint(Uint8Array.from([0x92, ...head, type, ...rest]))).toBeUndefined();
        stillWorks();
      }),
      { numRuns: 5000 },
    );
  });

  it("that are nested deeply end in an error, not in a crash", () => {
    for (const opening of [[0x91], [0x81, 0xa1, 0x61], [0xd4, 0x61, 0x00]]) {
      const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => opening[index % opening.length] as number);
      expect(() => unpackValue(bytes, noReferences)).toThrow(AgentScopeError);
    }
    stillWorks();
  });

  it("that announce more than they hold end in an error, soon", () => {
    const announced = [0xff, 0xff, 0xff, 0xff];
    for (const kind of [0xdd, 0xdf, 0xdb, 0xc6, 0xc9]) {
      expect(() => unpackValue(Uint8Array.from([kind, ...announced, 1, 2, 3]), noReferences)).toThrow(AgentScopeError);
    }
    stillWorks();
  });

  it("compile no code, not even from definitions of record types", () => {
    // A record type with the keys ["a"], then objects of it until a compiled reader pays.
    const define = [0xd4, 0x72, 0x40, 0x91, 0xa1, 0x61, 1];
    const bytes = Uint8Array.from([0xdc, 0, 101, ...define, ...Array.from({ length: 100 }, () => [0x40, 1]).flat()]);
    const original = globalThis.Function;
    let compiled = 0;
    globalThis.Function = new Proxy(original, {
      construct(target, args: string[], newTarget) {
        compiled++;
        return Reflect.construct(target, args, newTarget) as object;
      },
    });
    try {
      expect(() => unpackValue(bytes, noReferences)).toThrow(AgentScopeError);
    } finally {
      globalThis.Function = original;
    }
    expect(compiled).toBe(0);
    stillWorks();
  });
});
