import { describe, expect, test } from "vitest";
import { NotTransferableError } from "../../src/errors.js";
import { jsonValue } from "../../src/management/jsonValue.js";
import { PlaceholderReference } from "../../src/management/placeholderReference.js";
import { Msg } from "../../src/messages/msg.js";

class Tool {
  hammer = 1;
}

describe("jsonValue writes", () => {
  const text = new Map<unknown, unknown>([["a", 1n]]);
  const numbered = new Map<unknown, unknown>([[1, "a"]]);
  test.each([
    ["bytes as Base64", new Uint8Array([0, 255, 1]), "AP8B"],
    ["a small bigint as a number", 5n, 5],
    ["a large bigint as text", 2n ** 64n, "18446744073709551616"],
    ["a date as ISO text", new Date(0), "1970-01-01T00:00:00.000Z"],
    ["an invalid date as null", new Date(Number.NaN), null],
    ["a Map with text keys as an object", text, { a: 1 }],
    ["a Map with other keys as a list of pairs", numbered, [[1, "a"]]],
    ["a Set as a list", new Set([1, new Set([2])]), [1, [2]]],
    ["numbers that JSON has not as null", [Number.NaN, Infinity], [null, null]],
    ["undefined as null in a list and not at all in an object", { a: [undefined], b: undefined }, { a: [null] }],
    ["what toJSON gives", { toJSON: () => new Set(["inner"]) }, ["inner"]],
    ["nothing as null", undefined, null],
  ])("%s", (_, value, written) => {
    expect(jsonValue(value)).toStrictEqual(written);
  });

  test("a key named __proto__ as data", () => {
    const written = jsonValue(JSON.parse('{"__proto__": {"polluted": true}}'));
    expect(JSON.stringify(written)).toBe('{"__proto__":{"polluted":true}}');
    expect("polluted" in (written as object)).toBe(false);
  });

  test("messages and placeholders inside of content in AgentScope's form", () => {
    const inner = new Msg({ name: "n", role: "user", content: 1 });
    const reference = new PlaceholderReference({ host: "h", port: 1, taskId: "7" });
    expect(jsonValue({ list: [inner, reference] })).toMatchObject({
      list: [
        { __module__: "agentscope.message.msg", __name__: "Msg", content: 1 },
        {
          __module__: "agentscope.message.placeholder",
          __name__: "PlaceholderMessage",
          _host: "h",
          _port: 1,
          _task_id: 7,
        },
      ],
    });
  });
});

describe("jsonValue refuses, with its path,", () => {
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  test.each([
    ["a function", { items: [0, { fn: () => {} }] }, "value.items[1].fn is a function"],
    ["a symbol", [Symbol("s")], "value[0] is a symbol"],
    ["an instance of a class", { tool: new Tool() }, "value.tool is an instance of a class"],
    [
      "a placeholder whose task id JSON numbers can't hold",
      new PlaceholderReference({ host: "h", port: 1, taskId: "9007199254740992" }),
      "task id over",
    ],
    ["what contains itself", cyclic, "contains itself"],
  ])("%s", (_, value, reason) => {
    expect(() => jsonValue(value)).toThrow(NotTransferableError);
    expect(() => jsonValue(value)).toThrow(reason);
  });

  test("unless told what to write instead", () => {
    const unwritable = (path: string, what: string) => `${path}: ${what}`;
    const written = jsonValue([1, new Tool()], { name: "memory", unwritable });
    expect(written).toStrictEqual([1, "memory[1]: an instance of a class"]);
  });
});
