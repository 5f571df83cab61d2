import { AgentCallError, Msg, RpcAgentClient } from "agentscope-distributed";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Caller } from "../../fixtures/agents/caller.js";
import { Unresponsive } from "../../fixtures/agents/unresponsive.js";
import { AgentServer } from "../../processes/agentServer.js";
import { until } from "../../processes/until.js";

const say = (content: unknown) => new Msg({ name: "user", content, role: "user" });

let server: AgentServer;
let client: RpcAgentClient;

beforeEach(async () => {
  server = await AgentServer.start(["--workers", "2"]);
  client = new RpcAgentClient(server.at);
});

afterEach(async () => {
  client.close();
  await server[Symbol.asyncDispose]();
});

/** What an action gave or threw, and after how many milliseconds. */
interface Timed {
  value?: unknown;
  error?: unknown;
  ms: number;
}

async function timed(action: () => PromiseLike<unknown>): Promise<Timed> {
  const start = performance.now();
  try {
    return { value: await action(), ms: performance.now() - start };
  } catch (error) {
    return { error, ms: performance.now() - start };
  }
}

type Agent = ReturnType<Unresponsive["toDist"]>;

async function stuckWorkers(): Promise<number> {
  const { workers } = await client.getServerInfo();
  return (workers as { stuck: boolean }[]).filter(({ stuck }) => stuck).length;
}

/** Four agents on two workers; the first one is in an endless loop, `beside` lives in the same worker, `others` do not. */
async function withOneLooping() {
  const agents = ["A", "B", "C", "D"].map((name) => new Unresponsive({ name }).toDist(server.at));
  const threads: number[] = [];
  for (const agent of agents) threads.push(await agent.thread());
  const [looping] = agents as [Agent];
  const [beside] = agents.filter((_, index) => index > 0 && threads[index] === threads[0]) as [Agent];
  const others = agents.filter((_, index) => threads[index] !== threads[0]) as [Agent, Agent];
  const endless = looping(say("compute"));
  endless.catch(() => {});
  await until(async () => (await stuckWorkers()) === 1, { timeoutMs: 5000, what: "a stuck worker" });
  return { agents, looping, endless, others, beside };
}

test("while an agent loops, the server answers within 1 s, and agents of the other worker go on and are made", async () => {
  const { agents, others, beside } = await withOneLooping();
  expect(others).toHaveLength(2);
  const asked = [() => client.isAlive(), () => client.getServerInfo(), () => client.getAgentList()];
  const [alive, info, list] = (await Promise.all(asked.map((ask) => timed(ask)))) as [Timed, Timed, Timed];
  for (const { ms } of [alive, info, list]) expect(ms).toBeLessThan(1000);
  expect(alive.value).toBe(true);
  expect(info.value).toMatchObject({ size: 4, pid: server.pid });
  const ids = (list.value as { agent_id: string }[]).map(({ agent_id }) => agent_id);
  expect(ids.sort()).toEqual(agents.map(({ agentId }) => agentId).sort());
  for (const agent of others) expect(await agent(say("still")).content).toBe("hello");

  const making = await timed(async () => {
    const made = Array.from({ length: 4 }, (_, index) => new Unresponsive({ name: `new${index}` }).toDist(server.at));
    return Promise.all(made.map((agent) => agent(say("hello"))));
  });
  expect(making.ms).toBeLessThan(1000);

  const memory = await timed(() => client.getAgentMemory(beside.agentId));
  expect(String(memory.error)).toMatch(/computes without pause/);
  expect(memory.ms).toBeLessThan(1100);

  // One that lives beside the looping agent.
  const deletion = await timed(() => client.deleteAgent(beside.agentId));
  expect(deletion.value).toBe(true);
  expect(deletion.ms).toBeLessThan(1100);
  expect((await client.getAgentList()).map(({ agent_id }) => agent_id)).not.toContain(beside.agentId);
});

test("deleteAgent ends the looping agent within 1 s: only agents of its worker are lost, and they are named", async () => {
  const { looping, endless, others, beside } = await withOneLooping();
  const waiting = beside(say("wait"));
  const { value, ms } = await timed(() => client.deleteAgent(looping.agentId));
  expect(value).toBe(true);
  expect(ms).toBeLessThan(1000);
  for (const call of [endless, waiting]) {
    const { error } = await timed(() => call);
    expect(error).toBeInstanceOf(AgentCallError);
    expect(error).toMatchObject({ code: "AGENT_NOT_FOUND", agentName: "A" });
    expect(String(error)).toMatch(
      /"A" was deleted while it computed, and its worker thread ended; with it were lost: "[BCD]"$/,
    );
    expect(String(error)).toContain(JSON.stringify(beside.name));
  }
  for (const agent of others) expect(await agent(say("still")).content).toBe("hello");
  expect((await client.getAgentList()).map(({ name }) => name).sort()).toEqual(others.map(({ name }) => name).sort());
  // There are as many workers as before, and all of them take agents.
  expect(await client.getServerInfo()).toMatchObject({ size: 2, workers: [{ stuck: false }, { stuck: false }] });
  const made = Array.from({ length: 4 }, (_, index) => new Unresponsive({ name: `new${index}` }).toDist(server.at));
  expect(await Promise.all(made.map((agent) => agent(say("x")).content))).toEqual(made.map(() => "hello"));
  await expect(looping(say("x"))).rejects.toThrow(/"A" was deleted while it computed/);

  // Who takes hold of a lost agent only now, or is given its handle, is told, too.
  const options = { ...server.at, agentId: beside.agentId, connectExisting: true };
  const existing = await timed(() => new Unresponsive({ name: "again" }).toDist(options)(say("x")));
  expect(existing.error).toMatchObject({ code: "AGENT_NOT_FOUND" });
  expect(existing.ms).toBeLessThan(1500);
  await using otherServer = await AgentServer.start(["--workers", "1"]);
  const caller = new Caller({ name: "caller" }).toDist(otherServer.at);
  const elsewhere = await timed(() => caller.ask(beside, "x"));
  expect(String(elsewhere.error)).toMatch(/"A" was deleted while it computed/);
  expect(elsewhere.ms).toBeLessThan(1500);
});

test("deleteAllAgent ends all agents, the looping one too", async () => {
  const { agents, endless } = await withOneLooping();
  const { value, ms } = await timed(() => client.deleteAllAgent());
  expect(value).toBe(true);
  expect(ms).toBeLessThan(1500);
  expect(await client.getServerInfo()).toMatchObject({ size: 0 });
  for (const call of [endless, ...agents.map((agent) => agent(say("x")))]) {
    expect((await timed(() => call)).error).toMatchObject({ code: "AGENT_NOT_FOUND" });
  }
});

test.each([1, 2])("stop ends the server within 1 s while agents of %i of its 2 workers loop", async (count) => {
  const agents = ["A", "B"].map((name) => new Unresponsive({ name }).toDist(server.at));
  for (const agent of agents) await agent();
  const endless = agents.slice(0, count).map((agent) => agent(say("compute")));
  await until(async () => (await stuckWorkers()) === count, { timeoutMs: 5000, what: "stuck workers" });
  const { ms, error } = await timed(() => client.stop());
  expect(error).toBeUndefined();
  expect(ms).toBeLessThan(1000);
  expect(await server.endsWithin(1000)).toEqual({ code: 0, signal: null });
  for (const call of endless) expect((await timed(() => call)).error).toMatchObject({ code: "SERVER_NOT_ALIVE" });
});
