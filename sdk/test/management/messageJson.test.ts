import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InvalidArgumentError } from "../../src/errors.js";
import {
  parseJson,
  readMessageJson,
  readMessageListJson,
  writeMemoryJson,
  writeMessageJson,
} from "../../src/management/messageJson.js";
import { PlaceholderReference } from "../../src/management/placeholderReference.js";
import { Msg, type Role } from "../../src/messages/msg.js";

/** What AgentScope 0.1.0's `serialize` writes of `Msg("me", "hallo", "user")`. */
const fromPython =
  '{"__module__": "agentscope.message.msg", "__name__": "Msg", "url": null, "name": "me", "content": "hallo", ' +
  '"id": "0123456789abcdef0123456789abcdef", "role": "user", "metadata": null, "timestamp": "2026-01-02 03:04:05"}';

const message = Msg.restore({
  id: "0123456789abcdef0123456789abcdef",
  name: "me",
  role: "user",
  content: "hallo",
  timestamp: "2026-01-02 03:04:05",
});

describe("a message", () => {
  test("of Python is read", () => {
    expect(readMessageJson(fromPython)).toStrictEqual(message);
  });

  test("is written with exactly the keys that Python accepts", () => {
    expect(JSON.parse(writeMessageJson(message))).toStrictEqual(JSON.parse(fromPython));
  });

  test("comes back as it was, alone and in a list", () => {
    const text = fc.string({ unit: "binary" });
    const json = fc.jsonValue({ noUnicodeString: false }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);
    const messages = fc
      .record({
        id: text,
        name: text,
        role: fc.constantFrom<Role>("system", "user", "assistant"),
        content: json,
        url: fc.option(fc.oneof(text, fc.array(text)), { nil: undefined }),
        metadata: json.map((value) => value ?? undefined),
        timestamp: text,
      })
      .map((record) => Msg.restore(record));
    const comesBack = fc.property(messages, fc.array(messages), (one, many) => {
      expect(readMessageJson(writeMessageJson(one))).toStrictEqual(one);
      expect(readMessageListJson(writeMessageJson(many))).toStrictEqual(many);
    });
    fc.assert(comesBack);
  });

  test("inside of content is read as a message", () => {
    const outer = new Msg({ name: "outer", role: "assistant", content: { said: [message] } });
    expect(readMessageJson(writeMessageJson(outer))).toStrictEqual(outer);
  });

  test.each([
    ["a missing key", fromPython.replace('"url": null, ', ""), "it must have __module__"],
    ["an extra key", fromPython.replace('"url": null', '"url": null, "more": 1'), "metadata, more, name"],
    ["an unknown role", fromPython.replace('"user"', '"robot"'), 'role is "robot"'],
    ["a name that is no text", fromPython.replace('"me"', "5"), "must be strings"],
    ["a url that is none", fromPython.replace('"url": null', '"url": [1]'), "url must be"],
  ])("with %s is refused", (_, json, reason) => {
    expect(() => readMessageJson(json)).toThrow(InvalidArgumentError);
    expect(() => readMessageJson(json)).toThrow(reason);
  });
});

describe("a placeholder", () => {
  const json =
    '{"__module__": "agentscope.message.placeholder", "__name__": "PlaceholderMessage", "_task_id": 2, "_host": "localhost", "_port": 12001}';

  test("of Python is read, and written so that Python reads it", () => {
    const placeholder = readMessageJson(json);
    expect(placeholder).toStrictEqual(new PlaceholderReference({ host: "localhost", port: 12001, taskId: "2" }));
    expect(JSON.parse(writeMessageJson(placeholder))).toStrictEqual(JSON.parse(json));
  });

  test.each([
    ["without host", json.replace('"localhost"', "null"), "_host"],
    ["with an impossible port", json.replace("12001", "70000"), "port is 70000"],
    ["with a negative task id", json.replace("2,", "-2,"), "task id is -2"],
    ["with a task id that is a fraction", json.replace("2,", "2.5,"), "task id is 2.5"],
  ])("%s is refused", (_, bad, reason) => {
    expect(() => readMessageJson(bad)).toThrow(InvalidArgumentError);
    expect(() => readMessageJson(bad)).toThrow(reason);
  });
});

describe("readMessageJson", () => {
  test("reads null as no input, and a list with both kinds", () => {
    expect(readMessageJson("null")).toBeNull();
    expect(readMessageJson("[]")).toStrictEqual([]);
    const mixed = [message, new PlaceholderReference({ host: "h", port: 1, taskId: 1 })];
    expect(readMessageJson(writeMessageJson(mixed))).toStrictEqual(mixed);
  });

  test.each([
    ["text", '"hello"', "a string"],
    ["an object", '{"content": 1}', "a object"],
    ["a list with other things", "[1]", "a list with other things than messages"],
    ["garbage", "{oops", "This is no JSON"],
    ["endless nesting", "[".repeat(5000) + "]".repeat(5000), "more than 256 levels deep"],
  ])("refuses %s", (_, json, reason) => {
    expect(() => readMessageJson(json)).toThrow(InvalidArgumentError);
    expect(() => readMessageJson(json)).toThrow(reason);
  });

  test("takes an object that names another module as data", () => {
    const content = { __module__: "os", __name__: "system", command: "echo pwned" };
    const outer = new Msg({ name: "n", role: "user", content });
    expect((readMessageJson(writeMessageJson(outer)) as Msg).content).toStrictEqual(content);
  });

  test("takes a key named __proto__ as data", () => {
    const read = readMessageJson(fromPython.replace('"hallo"', '{"__proto__": {"polluted": true}}')) as Msg<object>;
    expect(Object.keys(read.content)).toStrictEqual(["__proto__"]);
    expect("polluted" in read.content).toBe(false);
  });
});

test("parseJson reads the bare NaN and Infinity of Python, and leaves them alone in text", () => {
  expect(parseJson('{"NaN": [NaN, Infinity, -Infinity, "NaN \\" Infinity"]}')).toStrictEqual({
    NaN: [null, Infinity, -Infinity, 'NaN " Infinity'],
  });
});

test("writeMemoryJson names what has no JSON form, and writes the rest", () => {
  const odd = new Msg({ name: "n", role: "user", content: { tool: () => {}, text: "kept" } });
  expect((readMessageListJson(writeMemoryJson([odd]))[0] as Msg).content).toStrictEqual({
    tool: "<a function>",
    text: "kept",
  });
});
