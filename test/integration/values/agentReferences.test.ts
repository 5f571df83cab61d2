import { Msg, RpcAgent, RpcAgentClient } from "agentscope-distributed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Caller, type Callable } from "../../fixtures/agents/caller.js";
import { Desk } from "../../fixtures/agents/desk.js";
import { Echo } from "../../fixtures/agents/echo.js";
import { Player } from "../../fixtures/agents/player.js";
import { Recorder } from "../../fixtures/agents/recorder.js";
import { AgentServer } from "../../processes/agentServer.js";

let first: AgentServer;
let second: AgentServer;

beforeAll(async () => {
  [first, second] = await Promise.all([AgentServer.start(["--workers", "2"]), AgentServer.start(["--workers", "1"])]);
});

afterAll(async () => {
  await Promise.all([first[Symbol.asyncDispose](), second[Symbol.asyncDispose]()]);
});

const say = (content: unknown) => new Msg({ name: "user", content, role: "user" });

/** Where an agent can live, as seen from this process. */
const places: [string, () => object | undefined][] = [
  ["this process", () => undefined],
  ["a child process", () => ({})],
  ["an agent server", () => first.at],
  ["another agent server", () => second.at],
];

const pairs = places.flatMap(([from, fromAt]) => places.map(([to, toAt]) => ({ from, to, fromAt, toAt })));

describe.each(pairs)("an agent of $from that is given one of $to", ({ fromAt, toAt }) => {
  function make(): { caller: Caller; desk: Callable; recorder: Callable & { contents(): unknown } } {
    const from = fromAt();
    const to = toAt();
    const caller = new Caller({ name: "C" });
    const desk = new Desk({ name: "D" });
    const recorder = new Recorder({ name: "R" });
    return {
      caller: (from === undefined ? caller : caller.toDist(from)) as Caller,
      desk: to === undefined ? desk : desk.toDist(to),
      recorder: to === undefined ? recorder : recorder.toDist(to),
    };
  }

  test("calls it, calls its methods, lets it observe, and reads its properties", async () => {
    const { caller, desk, recorder } = make();
    expect(await caller.ask(desk, "x")).toEqual([]);
    expect(await caller.callMethod(desk, "put", "top", { n: 1n })).toBe(1);
    expect(await caller.callMethod(desk, "take", "top")).toEqual({ n: 1n });
    expect(await caller.ask(desk, "x")).toEqual(["top"]);
    await caller.callMethod(recorder, "observe", say("seen"));
    expect(await recorder.contents()).toEqual(["seen"]);
    await expect(async () => caller.callMethod(desk, "take", "nowhere")).rejects.toThrow(/there is no drawer nowhere/);
  });

  test("gives a placeholder of it back as its own result, and the agent itself", async () => {
    const { caller, desk } = make();
    await caller.callMethod(desk, "put", "top");
    const reply = await caller.start(desk, "x");
    expect(reply).toBeInstanceOf(Msg);
    expect(reply).toMatchObject({ name: "D", content: ["top"] });
    const back = await Promise.resolve<unknown>(caller.give(desk));
    expect(await (back as Callable)(say("x")).content).toEqual(["top"]);
  });
});

test("an agent that comes back from elsewhere is the same agent, one mailbox", async () => {
  const caller = new Caller({ name: "C" }).toDist(first.at);
  const player = new Player({ name: "P" }).toDist(second.at);
  const back = await caller.give(player);
  expect(back).toBeInstanceOf(RpcAgent);
  expect(await player().content).toBe("P 1 heard nothing");
  expect(await back().content).toBe("P 2 heard nothing");
  expect(await player().content).toBe("P 3 heard nothing");
});

test("a chain of agents that were given to each other's configs runs over all processes", async () => {
  const echo = new Echo({ name: "E" }).toDist();
  const one = new Caller({ name: "1", asks: [echo] }).toDist(first.at);
  const two = new Caller({ name: "2", asks: [one] });
  const three = new Caller({ name: "3", asks: [two, echo] }).toDist(second.at);
  const four = new Caller({ name: "4", asks: [three], toDist: true });
  expect(await four(say({ deep: "down" })).content).toEqual({ deep: "down" });
});

test("a server reaches another server's agent by itself: its calls go on when this process has nothing to do with them", async () => {
  const caller = new Caller({ name: "C" }).toDist(first.at);
  const recorder = new Recorder({ name: "R" }).toDist(second.at);
  await caller.callMethod(recorder, "observe", say("straight"));
  await using client = new RpcAgentClient(second.at);
  expect((await client.getAgentMemory(recorder.agentId)).map(({ content }) => content)).toEqual(["straight"]);
});

test("agents of one server that live in different workers call each other", async () => {
  const callers = Array.from({ length: 4 }, (_, index) => new Caller({ name: `C${index}` }).toDist(first.at));
  const echoes = Array.from({ length: 4 }, (_, index) => new Echo({ name: `E${index}` }).toDist(first.at));
  const answers = callers.flatMap((caller) => echoes.map((echo) => caller.ask(echo, caller.name + echo.name)));
  expect(await Promise.all(answers)).toEqual(callers.flatMap((c) => echoes.map((e) => c.name + e.name)));
});

test("calls of one caller keep their order, also through a process that passes them on", async () => {
  const local = new Recorder({ name: "L" });
  const child = new Recorder({ name: "K" }).toDist();
  const caller = new Caller({ name: "C" }).toDist(first.at);
  for (let index = 0; index < 50; index++) {
    void caller.callMethod(local, "observe", say(index));
    void caller.callMethod(child, "observe", say(index));
  }
  await caller.ask(local, "last");
  await caller.ask(child, "last");
  const expected = [...Array.from({ length: 50 }, (_, index) => index), "last"];
  expect(local.contents()).toEqual(expected);
  expect(await child.contents()).toEqual(expected);
});
