import { inspect } from "node:util";
import * as fc from "fast-check";
import { Msg } from "../../src/messages/msg.js";

/** Keys that mean something to the language or to a serializer; as data they mean nothing. */
const hazardousKey = fc.constantFrom(
  "__proto__",
  "constructor",
  "prototype",
  "toJSON",
  "toString",
  "valueOf",
  "then",
  "length",
  "hasOwnProperty",
  "",
  "0",
  "-1",
  "a.b",
  'quo"te',
  "ü",
);

const textOf = (codes: Uint16Array): string => String.fromCharCode(...codes);

const anyText = fc.oneof(
  { weight: 4, arbitrary: fc.string() },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 200, size: "max" }) },
  // Halves of surrogate pairs, which UTF-8 has no bytes for.
  { weight: 1, arbitrary: fc.uint16Array({ min: 0xd7fe, max: 0xe001, maxLength: 100, size: "max" }).map(textOf) },
);

const key = fc.oneof({ weight: 3, arbitrary: fc.string() }, { weight: 1, arbitrary: hazardousKey });

export const primitive = fc.oneof(
  fc.constantFrom(null, undefined, true, false, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  fc.bigInt(),
  fc.bigInt({ min: -(2n ** 64n) - 2n, max: 2n ** 64n + 2n }),
  anyText,
);

/** Everything that can travel by itself: no placeholders and agents, which need somebody to refer to. */
export const { value: arbitraryValue, message: arbitraryMessage } = fc.letrec<{ value: unknown; message: Msg }>(
  (tie) => ({
    value: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      primitive,
      fc.date({ noInvalidDate: false }),
      fc.uint8Array(),
      fc.array(tie("value")),
      fc.array(fc.tuple(key, tie("value")), { maxLength: 6 }).map((entries) => recordOf(entries)),
      fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 4 }).map((entries) => new Map(entries)),
      fc.array(tie("value"), { maxLength: 4 }).map((items) => new Set(items)),
      tie("message"),
    ),
    message: fc
      .record({
        name: anyText,
        role: fc.constantFrom("system" as const, "user" as const, "assistant" as const),
        content: tie("value"),
        url: fc.constantFrom(undefined, "https://example.org/a.png", ["https://example.org/a.png", "b.png"]),
        metadata: tie("value"),
      })
      .map((init) => new Msg(init)),
  }),
);

/** Own keys all of them, `__proto__` too. */
export function recordOf(entries: Iterable<[string, unknown]>): Record<string, unknown> {
  return Object.fromEntries(entries);
}

/** All there is to see of a value: types, prototypes, order of keys. */
export function shown(value: unknown): string {
  return inspect(value, {
    depth: Number.POSITIVE_INFINITY,
    maxArrayLength: null,
    maxStringLength: null,
    breakLength: Number.POSITIVE_INFINITY,
    customInspect: false,
  });
}

/** Every object in a value, the value itself too. */
export function objectsIn(value: unknown, found: Set<object> = new Set<object>()): Set<object> {
  if (typeof value !== "object" || value === null || found.has(value)) return found;
  found.add(value);
  const parts: unknown[] =
    value instanceof Map
      ? [...value].flat()
      : value instanceof Set
        ? [...value]
        : value instanceof Uint8Array
          ? []
          : Object.values(value);
  for (const part of parts) objectsIn(part, found);
  return found;
}
