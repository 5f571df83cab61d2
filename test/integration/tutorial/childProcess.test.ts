import { DistConf, init, RpcAgent, type Placeholder } from "agentscope-distributed";
import { afterEach, expect, test, vi } from "vitest";
import { Echo } from "../../fixtures/agents/echo.js";
import { Player } from "../../fixtures/agents/player.js";
import { conversation, converse } from "./conversation.js";

afterEach(() => {
  vi.unstubAllEnvs();
});

const configA = { name: "A" };
const configB = { name: "B", exitAt: 3 };

test("all agents are centralized: the flow runs in this process", async () => {
  const { said, pids } = await converse(new Player(configA), new Player(configB));
  expect(said).toEqual(conversation);
  expect([...pids]).toEqual([process.pid]);
});

test("Child Process mode by toDist(): the same words, from two child processes", async () => {
  const { said, pids } = await converse(new Player(configA).toDist(), new Player(configB).toDist());
  expect(said).toEqual(conversation);
  expect(pids.size).toBe(2);
  expect(pids).not.toContain(process.pid);
});

test.each([
  ["true", true],
  ["an empty DistConf", new DistConf()],
  ["a plain object", {}],
])("Child Process mode by toDist in the config, as %s: the same words", async (_, toDist) => {
  const { said, pids } = await converse(new Player({ ...configA, toDist }), new Player({ ...configB, toDist }));
  expect(said).toEqual(conversation);
  expect(pids).not.toContain(process.pid);
});

test("a local and a child agent talk, whichever of them is which", async () => {
  const first = await converse(new Player(configA), new Player(configB).toDist());
  const second = await converse(new Player(configA).toDist(), new Player(configB));
  for (const { said, pids } of [first, second]) {
    expect(said).toEqual(conversation);
    expect(pids.size).toBe(2);
    expect(pids).toContain(process.pid);
  }
});

test("toDist: false in the config leaves the agent here", async () => {
  const agent = new Echo({ name: "E", toDist: false });
  expect(agent).not.toBeInstanceOf(RpcAgent);
  expect(agent.pid()).toBe(process.pid);
});

test("the flow need not await anything between the agents' turns", async () => {
  const a = new Player(configA).toDist();
  const b = new Player(configB).toDist();
  let x: Placeholder | undefined;
  for (let turn = 0; turn < 50; turn++) {
    x = a(x);
    x = b(x);
  }
  expect(await x?.content).toBe("B 50 heard A 50");
});

test("a local agent whose toDist() was called is another agent than its distributed one", async () => {
  const local = new Player(configA);
  const distributed = local.toDist();
  await local();
  await local();
  expect(await distributed().content).toBe("A 1 heard nothing");
  expect(distributed.agentId).toBe(local.agentId);
  expect(local.toDist().agentId).not.toBe(local.agentId);
});

test("further agents share the children once there are maxChildServers, and all of them answer", async () => {
  init({ maxChildServers: 2 });
  const agents = Array.from({ length: 6 }, (_, index) => new Echo({ name: `E${index}` }).toDist());
  const pids = await Promise.all(agents.map((agent) => agent.pid()));
  expect(new Set(pids).size).toBe(2);
  for (const pid of new Set(pids)) expect(pids.filter((one) => one === pid).length).toBeGreaterThanOrEqual(1);
});

test("the run target local keeps what toDist would distribute in this process, used in the same way", async () => {
  vi.stubEnv("AGENTSCOPE_TARGET", "local");
  const a = new Player(configA).toDist();
  const b = new Player({ ...configB, toDist: { host: "203.0.113.1", port: 1 } });
  expect(a).toBeInstanceOf(RpcAgent);
  const { said, pids } = await converse(a, b);
  expect(said).toEqual(conversation);
  expect([...pids]).toEqual([process.pid]);
});

test("the run target child takes agents of other servers into children", async () => {
  vi.stubEnv("AGENTSCOPE_TARGET", "child");
  const agent = new Echo({ name: "E" }).toDist({ host: "203.0.113.1", port: 1 });
  expect(await agent.pid()).not.toBe(process.pid);
});

test("a run target that means nothing is refused with what it can be", () => {
  vi.stubEnv("AGENTSCOPE_TARGET", "moon");
  expect(() => new Echo({ name: "E" }).toDist()).toThrow(/AGENTSCOPE_TARGET.*"moon".*local, child.*HOST:PORT/);
});
