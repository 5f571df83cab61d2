import { inspect } from "node:util";
import { AgentCallError, Msg, NotTransferableError, type RpcAgent } from "agentscope-distributed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Desk } from "../../fixtures/agents/desk.js";
import { Echo } from "../../fixtures/agents/echo.js";
import { AgentServer } from "../../processes/agentServer.js";

let server: AgentServer;

beforeAll(async () => {
  server = await AgentServer.start(["--workers", "1"]);
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** A call of a method that the types know nothing of. */
function callAny(agent: object, method: string, ...args: unknown[]): Promise<unknown> {
  return (agent as Record<string, (...args: unknown[]) => Promise<unknown>>)[method]?.(...args) as Promise<unknown>;
}

/** A handle in a process that does not have the class: what it can call is for the server alone to say. */
async function handleWithoutClass(desk: RpcAgent<Desk>): Promise<object> {
  const echo = new Echo({ name: "E" }).toDist(server.at);
  const stranger = new Echo({ name: "D" }).toDist({ ...server.at, agentId: desk.agentId, connectExisting: true });
  return (await echo.same(stranger)) as object;
}

test.each([
  ["lives here", () => new Desk({ name: "D" })],
  ["was constructed in a child process, by its config", () => new Desk({ name: "D", toDist: true })],
])("get reads of an agent that %s, in its turn", async (_, make) => {
  const desk = make();
  const height = desk.get("height");
  expect([await height, await desk.get("label"), await desk.get("agentId")]).toEqual([72, "D of oak", desk.agentId]);
  await expect(desk.get("_secret")).rejects.toThrow(/Desk has no public property "_secret"/);
});

describe.each([
  ["in a child process", () => new Desk({ name: "D" }).toDist()],
  ["on an agent server", () => new Desk({ name: "D" }).toDist(server.at)],
])("a desk %s", (_, make) => {
  test("its public methods are called in the order of the calls, with arguments and results as they are", async () => {
    const desk = make();
    const sizes = ["top", "middle", "bottom"].map((drawer) => desk.put(drawer, { drawer }, 1n, new Set([drawer])));
    expect(await Promise.all(sizes)).toEqual([1, 2, 3]);
    expect(await desk.take("middle")).toEqual([{ drawer: "middle" }, 1n, new Set(["middle"])]);
    expect(await desk.put("empty")).toBe(4);
    expect(await desk.take("empty")).toBeUndefined();
    expect(await desk.material()).toBe("oak");
    expect(await desk().content).toEqual(["top", "middle", "bottom", "empty"]);
  });

  test("a method can be called with thousands of arguments", async () => {
    const desk = make();
    const many = Array.from({ length: 5000 }, (_unused, index) => index);
    await desk.put("many", ...many);
    expect(await desk.take("many")).toEqual(many);
  });

  test("methods, calls and observe stand in one mailbox", async () => {
    const desk = make();
    const order: string[] = [];
    const note = (what: string) => () => order.push(what);
    const calls = [
      desk.put("a").then(note("put")),
      desk().then(note("reply")),
      desk.observe(new Msg({ name: "u", content: 1, role: "user" })).then(note("observe")),
      desk.take("a").then(note("take")),
      desk.get("height").then(note("get")),
    ];
    await Promise.all(calls);
    expect(order).toEqual(["put", "reply", "observe", "take", "get"]);
  });

  test("get reads properties and accessors", async () => {
    const desk = make();
    expect(await desk.get("height")).toBe(72);
    expect(await desk.get("label")).toBe("D of oak");
    expect(await desk.get("name")).toBe("D");
    expect(await desk.get("agentId")).toBe(desk.agentId);
    expect(await desk.get("nothing")).toBeUndefined();
  });

  test("a method that throws rejects with its error as the cause", async () => {
    const error = await make()
      .take("nowhere")
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AgentCallError);
    expect(error).toMatchObject({ code: "AGENT_FAILED", agentName: "D" });
    expect((error as AgentCallError).cause).toMatchObject({
      name: "RangeError",
      message: "there is no drawer nowhere",
    });
    expect((error as AgentCallError).remoteStack).toMatch(/desk\.(ts|js)/);
  });

  test("arguments that can't travel are refused at the call, results that can't when they are made", async () => {
    const desk = make();
    expect(() => desk.put("a", { inner: [() => 1] })).toThrow(NotTransferableError);
    expect(() => desk.put("a", { inner: [() => 1] })).toThrow("arguments[1].inner[0] is a function");
    await expect(desk.function()).rejects.toThrow(/result is a function/);
    await expect(desk.each()).rejects.toThrow(/result is/);
  });

  test("awaiting or printing the handle calls nothing", async () => {
    const desk = make();
    expect(await Promise.resolve<unknown>(desk)).toBe(desk);
    expect(JSON.stringify({ desk })).toBe("{}");
    expect(inspect(desk)).toContain('"name":"D"');
    expect(String(desk)).toContain(desk.agentId);
    expect(desk.name).toBe("D");
    expect(await desk()).toBeInstanceOf(Msg);
  });
});

const unreachable = [
  "constructor",
  "__proto__",
  "__defineGetter__",
  "hasOwnProperty",
  "isPrototypeOf",
  "valueOf",
  "toLocaleString",
  "call",
  "apply",
  "bind",
  "_hidden",
  "_secret",
  "height",
  "drawers",
  "setup",
  "dispose",
  "toDist",
  "no such method",
];

test.each(unreachable)(
  "%s of an agent can't be called from elsewhere, whatever the handle lets through",
  async (name) => {
    const desk = new Desk({ name: "D" }).toDist(server.at);
    await desk.put("a");
    const handle = await handleWithoutClass(desk);
    expect(await callAny(handle, "take", "a")).toBeUndefined();
    const outcome = await Promise.resolve()
      .then(() => callAny(handle, name))
      .catch(String);
    expect(outcome ?? "undefined").toMatch(/^undefined$|no public method|is distributed already/);
    expect(await desk().content).toEqual(["a"]);
  },
);

test("get gives nothing away whose name says that it is private, and no functions or prototypes", async () => {
  const desk = new Desk({ name: "D" }).toDist(server.at);
  await expect(desk.get("_secret")).rejects.toThrow(/Desk has no public property "_secret"/);
  await expect(desk.get("__proto__")).rejects.toThrow(/Desk has no public property "__proto__"/);
  await expect(desk.get("constructor")).rejects.toThrow(NotTransferableError.name);
  await expect(desk.get("take")).rejects.toThrow(NotTransferableError.name);
  expect(await desk.get("config")).toEqual({ name: "D" });
});
