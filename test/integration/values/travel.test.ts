import { AgentBase, Msg, NotTransferableError } from "agentscope-distributed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Caller } from "../../fixtures/agents/caller.js";
import { Echo } from "../../fixtures/agents/echo.js";
import { Unmakeable } from "../../fixtures/agents/unmakeable.js";
import { AgentServer } from "../../processes/agentServer.js";

let server: AgentServer;

beforeAll(async () => {
  server = await AgentServer.start(["--workers", "1"]);
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const say = (content: unknown, metadata?: unknown) => new Msg({ name: "user", content, role: "user", metadata });

const inner = new Msg({
  name: "inner",
  content: { at: new Date(0) },
  role: "system",
  url: "https://example.org/a.png",
});
const deep = () => {
  let value: unknown = "bottom";
  for (let level = 0; level < 150; level++) value = level % 2 === 0 ? [value] : { value };
  return value;
};
const values: [string, unknown][] = [
  ["text of all planes", 'a\u0000"\\\u2028é漢😀'],
  ["an empty text", ""],
  ["numbers", [0, -1, 1.5, 2 ** 31, 2 ** 53 - 1, -(2 ** 53) + 1, 1e308, Number.NaN, Infinity, -Infinity]],
  ["true, false, null and undefined", [true, false, null, undefined]],
  ["an object with undefined", { here: undefined, "": 0, "a.b": { "ü ü": [] } }],
  ["bigints", [0n, -1n, 2n ** 64n, -(2n ** 200n)]],
  ["bytes", new Uint8Array([0, 1, 255])],
  ["no bytes", new Uint8Array()],
  ["many bytes", new Uint8Array(70_000).map((_, index) => index * 7)],
  ["a date", new Date("2024-02-29T12:34:56.789Z")],
  ["a date before 1970", new Date(-1)],
  [
    "a map",
    new Map<unknown, unknown>([
      [{ key: 1 }, new Map([[1n, "x"]])],
      ["y", new Set([1])],
      [3, undefined],
    ]),
  ],
  ["a set", new Set<unknown>([1, "1", 1n, new Date(5), new Set([[]])])],
  ["messages in a value", { list: [inner], map: new Map([["m", inner]]) }],
  ["a value of 150 levels", deep()],
  ["a list of 20,000", Array.from({ length: 20_000 }, (_, index) => index)],
  ["objects with the same key order or another", [{ a: 1, b: 2 }, { b: 1, a: 2 }, { a: 1 }]],
];

describe.each([
  ["a local agent", () => new Echo({ name: "E" })],
  ["a child agent", () => new Echo({ name: "E" }).toDist()],
  ["an agent of a server", () => new Echo({ name: "E" }).toDist(server.at)],
])("by %s", (_, make) => {
  test.each(values)("%s comes back equal", async (_name, value) => {
    const reply = await make()(say(value, { value }));
    expect(reply.content).toStrictEqual(value);
    expect(reply.metadata).toStrictEqual({ value });
  });

  test("what comes back is a value of its own", async () => {
    const value = { list: [1] };
    const echo = make();
    const reply = echo(say(value));
    value.list.push(2);
    expect(await reply.content).toEqual({ list: [1] });
  });

  test("a message keeps its id, timestamp and fields on every way", async () => {
    const reply = await make()(say([inner]));
    const [back] = reply.content as Msg[];
    expect(back).toBeInstanceOf(Msg);
    expect(back).toStrictEqual(inner);
    expect(reply.timestamp).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(reply.id).toMatch(/^[\da-f]{32}$/);
  });

  test("keys named __proto__ and constructor are data", async () => {
    const value = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}') as object;
    const back = (await make()(say({ value })).content) as { value: object };
    expect(Object.getPrototypeOf(back.value)).toBe(Object.prototype);
    expect(Object.keys(back.value)).toEqual(["__proto__", "constructor"]);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test("what can't travel is refused at the call, with its path", async () => {
    const echo = make();
    class Point {
      x = 1;
    }
    const loop: { self?: unknown } = {};
    loop.self = loop;
    const bad: [unknown, string][] = [
      [{ items: [1, 2, 3, { fn: () => 1 }] }, "content.items[3].fn is a function"],
      [Symbol("s"), "content is a symbol"],
      [[new Point()], "content[0] is an instance of Point"],
      [new Map([["k", new Point()]]), 'content.get("k") is an instance of Point'],
      [{ promise: Promise.resolve() }, "content.promise is a promise (await it first)"],
      [/x/, "content is an instance of RegExp"],
      [loop, "contains itself"],
      [AgentBase, "content is a function"],
    ];
    for (const [value, what] of bad) {
      expect(() => echo(say(value))).toThrow(NotTransferableError);
      expect(() => echo(say(value))).toThrow(what);
    }
    expect(() => echo([say(1), say({ fn: bad })])).toThrow("[1].content.fn");
    expect(await echo(say("fine")).content).toBe("fine");
  });

  test("placeholders inside a content can be awaited where they arrive", async () => {
    const caller = new Caller({ name: "C" }).toDist(server.at);
    const echo = make();
    const parts = [echo(say("first")), say("real"), echo(say("second"))];
    expect(await caller.contentsOf({ parts })).toEqual(["first", "real", "second"]);
  });

  test("placeholders inside a content of 200 KB can be awaited where they arrive", async () => {
    const caller = new Caller({ name: "C" }).toDist(server.at);
    const [echo, large] = [make(), "x".repeat(200_000)];
    const parts = [echo(say("first")), say(large), echo(say(large)), echo(say("last"))];
    expect(await caller.contentsOf({ parts })).toEqual(["first", large, large, "last"]);
    await parts[0];
    expect(await caller.contentsOf({ parts })).toEqual(["first", large, large, "last"]);
  });

  test("a failed placeholder inside a content fails where it is awaited, and nowhere else", async () => {
    const caller = new Caller({ name: "C" }).toDist(server.at);
    const failing = new Caller({ name: "F", asks: [new Unmakeable({ name: "U", where: "setup later" })] });
    const parts = [make()(say("fine")), failing(say("x"))];
    await expect(caller.contentsOf({ parts })).rejects.toThrow(/TypeError: thrown by setup later/);
    await parts[1]?.catch(() => {});
    await expect(caller.contentsOf({ parts })).rejects.toThrow(/TypeError: thrown by setup later/);
    expect(await caller.contentsOf({ parts: parts.slice(0, 1) })).toEqual(["fine"]);
  });

  test("a list may hold messages and placeholders of several agents", async () => {
    const echo = make();
    const other = new Echo({ name: "O" }).toDist(server.at);
    const joined = echo([say(1), other(say(2)), echo(say(3)), say(4)]);
    expect(await joined.content).toEqual([1, 2, 3, 4]);
    expect(await other([joined]).content).toEqual([[1, 2, 3, 4]]);
    expect(await other([]).content).toEqual([]);
  });
});

test("a config travels like a content: values, agents and placeholders", async () => {
  const echo = new Echo({ name: "E" }).toDist();
  const local = new Echo({ name: "L" });
  const caller = new Caller({ name: "C", asks: [echo, local], first: echo(say({ n: 1n })), toDist: server.at });
  expect(await caller().content).toEqual({ n: 1n });
  expect(await caller(say("again")).content).toBe("again");
});

test("a config that can't travel is refused when the agent is made, with its path", () => {
  const config = { name: "C", asks: [() => undefined] as never };
  expect(() => new Caller(config).toDist(server.at)).toThrow("config.asks[0] is a function");
  expect(() => new Caller({ ...config, toDist: true })).toThrow("config.asks[0] is a function");
});
