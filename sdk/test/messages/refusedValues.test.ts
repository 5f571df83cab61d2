import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AgentScopeError, NotTransferableError } from "../../src/errors.js";
import { Msg } from "../../src/messages/msg.js";
import { maxDepth, snapshot } from "../../src/messages/valueCodec.js";
import { primitive, shown } from "./arbitraryValue.js";
import { sent } from "./sentValue.js";

function refusedPath(value: unknown): string | undefined {
  try {
    snapshot(value, "");
    return undefined;
  } catch (thrown) {
    if (thrown instanceof NotTransferableError) return thrown.path;
    throw thrown;
  }
}

class Instance {
  readonly kind = "instance";
}

const refused = fc.constantFrom<[unknown, RegExp]>(
  [() => {}, /a function/],
  [Instance, /a function/],
  [Symbol("s"), /a symbol/],
  [new Instance(), /an instance of Instance/],
  [/x/, /an instance of RegExp/],
  [new Error("e"), /an instance of Error/],
  [Promise.resolve(), /a promise \(await it first\)/],
  [new WeakMap(), /an instance of WeakMap/],
  [new ArrayBuffer(1), /an instance of ArrayBuffer/],
  [new Float64Array(1), /an instance of Float64Array/],
  [Object.create({ inherited: 1 }), /an instance of Object|a prototype of its own/],
);

/** What a value is put into, and what its path becomes. */
type Step = { into: (value: unknown) => unknown; path: (path: string) => string };

const step = fc.oneof(
  fc.nat(3).map<Step>((index) => ({
    into: (value) => [...new Array<number>(index).fill(0), value],
    path: () => `[${index}]`,
  })),
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
    expect(() => snapshot({ a: { [Symbol("hidden")]: 1 } }, "")).toThrow(
      /^a\[?.*Symbol\(hidden\).* is named by a symbol/,
    );
  });

  it("says what can travel", () => {
    expect(() => snapshot({ a: () => {} }, "content")).toThrow(
      /^content\.a is a function, which can't be sent to an agent/,
    );
    expect(() => snapshot(() => {}, "")).toThrow(/^the value is a function/);
  });

  it("does not depend on how a map's keys print", () => {
    const printless = Object.create(null) as object;
    const lying = { toString: 1, valueOf: 1 };
    const map = new Map<unknown, unknown>([
      [printless, 1],
      [lying, 2],
    ]);
    expect(sent(map)).toEqual(
      new Map<unknown, unknown>([
        [{}, 1],
        [{ toString: 1, valueOf: 1 }, 2],
      ]),
    );
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
