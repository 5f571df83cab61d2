import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { agentBrand } from "../../src/agents/brand.js";
import { AgentScopeError, NotTransferableError } from "../../src/errors.js";
import { CallResult } from "../../src/messages/callResult.js";
import { Msg } from "../../src/messages/msg.js";
import { Placeholder } from "../../src/messages/placeholder.js";
import { RemoteFile } from "../../src/messages/remoteFile.js";
import {
  LargeValue,
  largeBytes,
  maxDepth,
  packValue,
  type ReferenceCodec,
  snapshot,
  snapshotArguments,
  toWire,
  unpackValue,
  unwrapLarge,
} from "../../src/messages/valueCodec.js";
import { arbitraryMessage, arbitraryValue, objectsIn, primitive, recordOf, shown } from "./arbitraryValue.js";

const noReferences: ReferenceCodec = {
  exportResult: () => expect.fail("no result is in the value"),
  exportAgent: () => expect.fail("no agent is in the value"),
  exportUrl: (url) => url,
  importResult: () => "a result",
  importAgent: () => "an agent",
};

const copyOf = (value: unknown): unknown => unwrapLarge(snapshot(value, ""));
const bytesOf = (value: unknown, references = noReferences): Uint8Array =>
  Uint8Array.from(packValue(toWire(copyOf(value), references)));
const sent = (value: unknown): unknown => unpackValue(bytesOf(value), noReferences);

function refusedPath(value: unknown, path = ""): string {
  try {
    snapshot(value, path);
  } catch (thrown) {
    if (thrown instanceof NotTransferableError) return thrown.path;
    throw thrown;
  }
  return expect.fail("the value was not refused");
}

describe("a value that is sent", () => {
  it("arrives as the copy that a local agent gets", () => {
    fc.assert(
      fc.property(arbitraryValue, (value) => {
        expect(shown(sent(value))).toBe(shown(copyOf(value)));
      }),
      { numRuns: 1000 },
    );
  });

  it("arrives the same inside a message", () => {
    fc.assert(
      fc.property(arbitraryMessage, (message) => {
        const arrived = sent(message);
        expect(arrived).toBeInstanceOf(Msg);
        expect(shown(arrived)).toBe(shown(copyOf(message)));
      }),
      { numRuns: 300 },
    );
  });

  it("arrives whole, however large", () => {
    const text = "0123456789abcdéf".repeat(400_000);
    const bytes = Uint8Array.from({ length: 3_000_000 }, (_, index) => index % 251);
    const arrived = sent({ text, bytes, many: Array.from({ length: 100_000 }, (_, index) => index) }) as {
      text: string;
      bytes: Uint8Array;
      many: number[];
    };
    expect(arrived.text === text).toBe(true);
    expect(Buffer.compare(arrived.bytes, bytes)).toBe(0);
    expect(arrived.many).toHaveLength(100_000);
    expect(arrived.many[99_999]).toBe(99_999);
  });

  it("has the same bytes to read in a view of a larger buffer", () => {
    const whole = Uint8Array.from([1, 2, 3, 4, 5, 6]);
    expect(sent(whole.subarray(2, 4))).toEqual(Uint8Array.from([3, 4]));
    expect(sent(Buffer.from([7, 8]))).toEqual(Uint8Array.from([7, 8]));
  });
});

describe("the copy that an agent gets", () => {
  it("is equal to the original", () => {
    const value = {
      text: "a",
      list: [1, [2n, null]],
      map: new Map<unknown, unknown>([[{ key: 1 }, new Set(["x"])]]),
      date: new Date(5),
      bytes: new Uint8Array([1]),
      nothing: undefined,
    };
    expect(snapshot(value, "")).toEqual(value);
  });

  it("shares nothing that can change with the original", () => {
    fc.assert(
      fc.property(arbitraryValue, (value) => {
        const originals = objectsIn(value);
        const shared = [...objectsIn(copyOf(value))].filter((object) => originals.has(object));
        expect(shared).toEqual([]);
      }),
    );
  });

  it("keeps a message's id and timestamp", () => {
    const message = new Msg({ name: "a", content: {}, role: "user", metadata: 1 });
    const copy = snapshot(message, "") as Msg;
    expect(copy).toEqual(message);
    expect(copy).not.toBe(message);
    expect(copy.id).toBe(message.id);
    expect(copy.timestamp).toBe(message.timestamp);
  });

  it("has plain objects for those without prototype, and undefined for the holes of a list", () => {
    const bare = Object.assign(Object.create(null) as object, { a: 1 });
    // oxlint-disable-next-line no-sparse-arrays
    expect(shown(snapshot({ bare, list: [1, , 3] }, ""))).toBe("{ bare: { a: 1 }, list: [ 1, undefined, 3 ] }");
  });

  it("holds placeholders and agents themselves", () => {
    const result = new Placeholder(undefined, 1);
    const agent = Object.assign(() => {}, { [agentBrand]: {} });
    const file = new RemoteFile("localhost:1", "/a");
    expect(snapshot([result, agent, file], "")).toEqual([result, agent, file]);
    expect((snapshot([result], "") as unknown[])[0]).toBe(result);
  });

  it("comes marked as large from 64 KiB on", () => {
    const large = snapshot("x".repeat(largeBytes), "");
    expect(large).toBeInstanceOf(LargeValue);
    expect((large as LargeValue).sizeBytes).toBeGreaterThanOrEqual(largeBytes);
    expect(unwrapLarge(large)).toBe("x".repeat(largeBytes));
    expect(snapshot(new Uint8Array(largeBytes), "")).toBeInstanceOf(LargeValue);
    expect(snapshot(new Array(largeBytes).fill(0), "")).toBeInstanceOf(LargeValue);
    expect(snapshot("x".repeat(1000), "")).toBe("x".repeat(1000));
  });
});

describe("the inputs of a call", () => {
  it("are one message, or each of a list, by itself", () => {
    const message = new Msg({ name: "a", content: 1, role: "user" });
    const large = new Msg({ name: "a", content: "x".repeat(largeBytes), role: "user" });
    const result = new Placeholder(undefined, 1);
    expect(snapshotArguments("reply", [])).toEqual([undefined]);
    expect(snapshotArguments("observe", [undefined])).toEqual([undefined]);
    const [list] = snapshotArguments("reply", [[message, large, result]]) as [unknown[]];
    expect(list[0]).toEqual(message);
    expect(list[1]).toBeInstanceOf(LargeValue);
    expect(list[2]).toBe(result);
  });

  it("are refused with the path as the caller wrote it", () => {
    const content = { items: [1, 2, 3, { fn: () => {} }] };
    const message = new Msg({ name: "a", content, role: "user" });
    expect(() => snapshotArguments("reply", [message])).toThrow(/^content\.items\[3\]\.fn is a function/);
    expect(() => snapshotArguments("observe", [[message, message]])).toThrow(/^\[0\]\.content\.items\[3\]\.fn is/);
    expect(() => snapshotArguments("method", [1, { a: Symbol("s") }])).toThrow(/^arguments\[1\]\.a is a symbol/);
  });
});

class Instance {
  readonly kind = "instance";
}

const refused = fc.constantFrom<[unknown, RegExp]>(
  [() => {}, /a function/],
  [class Local {}, /a function/],
  [Symbol("s"), /a symbol/],
  [new Instance(), /an instance of Instance/],
  [/x/, /an instance of RegExp/],
  [new Error("e"), /an instance of Error/],
  [Promise.resolve(), /an instance of Promise/],
  [new WeakMap(), /an instance of WeakMap/],
  [new ArrayBuffer(1), /an instance of ArrayBuffer/],
  [new Float64Array(1), /an instance of Float64Array/],
  [Object.create({ inherited: 1 }), /an instance of Object|a prototype of its own/],
);

/** What a value is put into, and what its path becomes. */
type Step = { into: (value: unknown) => unknown; path: (path: string) => string };

const step = fc.oneof(
  fc
    .nat(3)
    .map<Step>((index) => ({ into: (value) => [...new Array<number>(index).fill(0), value], path: () => `[${index}]` })),
  fc.constantFrom("items", "fn", "$a_1").map<Step>((name) => ({
    into: (value) => ({ before: 1, [name]: value }),
    path: (at) => (at === "" ? name : `.${name}`),
  })),
  fc.constantFrom("a b", "1", "ü").map<Step>((name) => ({
    into: (value) => ({ [name]: value }),
    path: (at) => (at === "" ? name : `[${JSON.stringify(name)}]`),
  })),
  primitive.map<Step>((key) => ({
    into: (value) => new Map([[key, value]]),
    path: () => `.get(${typeof key === "string" ? JSON.stringify(key) : String(key)})`,
  })),
  fc.constant<Step>({ into: (value) => new Map([[value, 1]]), path: () => ".keys()" }),
  fc.constant<Step>({ into: (value) => new Set([1, value]), path: () => ".values()" }),
  fc.constant<Step>({
    into: (value) => new Msg({ name: "m", content: value, role: "user" }),
    path: (at) => (at === "" ? "content" : ".content"),
  }),
);

describe("a value that can't travel", () => {
  it("is refused with its path, wherever it stands", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), refused, (steps, [bad, what]) => {
        // From the inside out.
        const value = steps.reduceRight((inner, { into }) => into(inner), bad);
        const path = steps.reduce((at, each) => at + each.path(at), "");
        expect(refusedPath(value)).toBe(path);
        expect(() => snapshot(value, "")).toThrow(what);
        expect(() => snapshot(value, "")).toThrow(AgentScopeError);
      }),
      { numRuns: 500 },
    );
  });

  it("is refused where a symbol names it", () => {
    expect(() => snapshot({ a: { [Symbol("hidden")]: 1 } }, "")).toThrow(/^a\[?.*Symbol\(hidden\).* is named by a symbol/);
  });

  it("says what can travel", () => {
    expect(() => snapshot({ a: () => {} }, "content")).toThrow(/^content\.a is a function, which can't be sent to an agent/);
    expect(() => snapshot(() => {}, "")).toThrow(/^the value is a function/);
  });

  it("does not depend on how a map's keys print", () => {
    const printless = Object.create(null) as object;
    const lying = { toString: 1, valueOf: 1 };
    const map = new Map<unknown, unknown>([
      [printless, 1],
      [lying, 2],
    ]);
    expect(sent(map)).toEqual(new Map<unknown, unknown>([
      [{}, 1],
      [{ toString: 1, valueOf: 1 }, 2],
    ]));
    expect(() => snapshot(new Map([[printless, () => {}]]), "")).toThrow(NotTransferableError);
  });
});

function nested(levels: number): unknown {
  let value: unknown = "core";
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { inner: value };
  return value;
}

describe("depth", () => {
  it("is allowed up to a limit, and travels", () => {
    expect(shown(sent(nested(maxDepth)))).toBe(shown(nested(maxDepth)));
  });

  it("is refused beyond, with the limit in the message", () => {
    expect(() => snapshot(nested(maxDepth + 1), "")).toThrow(new RegExp(`deeper than ${maxDepth} levels`));
  });

  it("is refused for a value that contains itself, of any kind", () => {
    const list: unknown[] = [];
    list.push(list);
    const record: Record<string, unknown> = {};
    record["self"] = record;
    const map = new Map<unknown, unknown>();
    map.set(1, map);
    const set = new Set<unknown>();
    set.add(set);
    const message = new Msg<unknown>({ name: "m", content: 1, role: "user" });
    message.content = { message };
    for (const value of [list, record, map, set, message]) {
      expect(() => snapshot(value, "")).toThrow(/contains itself/);
    }
  });
});

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

/** What may come out of received bytes, whatever they are. */
function assertOnlyData(value: unknown, depth = 0): void {
  if (depth > 10_000) expect.fail("the value contains itself");
  if (typeof value === "function" || typeof value === "symbol") expect.fail(`a ${typeof value} came out`);
  if (typeof value !== "object" || value === null) return;
  const prototype: unknown = Object.getPrototypeOf(value);
  const allowed = [Object, Array, Map, Set, Date, Uint8Array, Msg, RemoteFile].map((kind) => kind.prototype as unknown);
  if (!allowed.includes(prototype)) expect.fail(`${shown(value)} came out`);
  if (value instanceof Uint8Array) return;
  for (const part of value instanceof Map ? [...value].flat() : value instanceof Set ? value : Object.values(value)) {
    assertOnlyData(part, depth + 1);
  }
}

function decodeAnything(bytes: Uint8Array): void {
  let value: unknown;
  try {
    value = unpackValue(bytes, noReferences);
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: "INVALID_ARGUMENT" });
    return;
  }
  assertOnlyData(value);
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
        decodeAnything(Uint8Array.from(bytes));
        stillWorks();
      }),
      { numRuns: 2000 },
    );
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
  });

  it("that are random give an error or data", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        decodeAnything(bytes);
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
        decodeAnything(Uint8Array.from([...head, type, ...rest]));
        decodeAnything(Uint8Array.from([0x92, ...head, type, ...rest]));
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

describe("references in a value", () => {
  it("become what the connection makes of them, in order, and back", () => {
    const results = [new CallResult(undefined, 0), new Placeholder(undefined, 0)];
    const agent = Object.assign(() => {}, { [agentBrand]: {} });
    const references: ReferenceCodec = {
      exportResult: (result) => ["result", results.indexOf(result)],
      exportAgent: (given) => (given === agent ? "the agent" : expect.fail("another agent")),
      exportUrl: (url) => (url.startsWith("/") ? new RemoteFile("here:1", url) : url),
      importResult: (reference) => results[(reference as [string, number])[1]],
      importAgent: (reference) => (reference === "the agent" ? agent : expect.fail("another agent")),
    };
    const value = { list: [results[0], agent], map: new Map([["p", results[1]]]) };
    const arrived = unpackValue(bytesOf(value, references), references) as typeof value;
    expect(arrived.list[0]).toBe(results[0]);
    expect(arrived.list[1]).toBe(agent);
    expect(arrived.map.get("p")).toBe(results[1]);
    const message = new Msg({ name: "a", content: 1, role: "user", url: ["/tmp/a.png", "https://example.org/b.png"] });
    const { url } = unpackValue(bytesOf(message, references), references) as Msg;
    expect(url).toEqual([new RemoteFile("here:1", "/tmp/a.png"), "https://example.org/b.png"]);
  });

  it("that something else was made of are not taken for functions to be called", () => {
    const wired = toWire([new Map([[1, new Uint8Array(2)]])], noReferences);
    expect(() => packValue(wired)).not.toThrow();
  });

  it("cost no copy where a value has none", () => {
    const value = { a: [1, { b: "c" }], d: new Date(0) };
    expect(toWire(value, noReferences)).toBe(value);
  });
});
