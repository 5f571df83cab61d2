import { AgentCreationError, Msg, RpcAgentClient } from "agentscope-distributed";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { LoggingAgent } from "../../fixtures/agents/constructionLog.js";
import { Recorder } from "../../fixtures/agents/recorder.js";
import { Unmakeable } from "../../fixtures/agents/unmakeable.js";
import { AgentServer } from "../../processes/agentServer.js";
import { descendants } from "../../processes/processTable.js";
import { TemporaryFolder } from "../../processes/temporaryFolder.js";
import { until } from "../../processes/until.js";

let server: AgentServer;
let client: RpcAgentClient;
let folder: TemporaryFolder;

beforeAll(async () => {
  server = await AgentServer.start(["--workers", "2"]);
  client = new RpcAgentClient(server.at);
});

afterAll(async () => {
  client.close();
  await server[Symbol.asyncDispose]();
});

beforeEach(async () => {
  folder = await TemporaryFolder.make();
});

afterEach(async () => {
  await client.deleteAllAgent();
  await folder[Symbol.asyncDispose]();
});

/** The steps in the log, without the process ids. */
async function steps(): Promise<string[]> {
  return (await folder.lines("log")).map((line) => line.split(" ")[1] ?? "");
}

test.each([
  ["a local agent", () => new LoggingAgent({ name: "A", log: folder.file("log"), setupMs: 50 })],
  [
    "an agent of a server",
    () => new LoggingAgent({ name: "A", log: folder.file("log"), setupMs: 50, toDist: server.at }),
  ],
  ["an agent of a child", () => new LoggingAgent({ name: "A", log: folder.file("log"), setupMs: 50, toDist: true })],
])("setup of %s is awaited once, before its first message", async (_, make) => {
  const agent = make();
  await Promise.all([agent(), agent(), agent()]);
  expect(await steps()).toEqual(["constructor", "setup", "reply", "reply", "reply"]);
});

test("dispose runs when the agent is deleted", async () => {
  const agent = new LoggingAgent({ name: "A", log: folder.file("log"), toDist: server.at });
  await agent();
  await client.deleteAgent(agent.agentId);
  expect(await steps()).toEqual(["constructor", "setup", "reply", "dispose"]);
});

test("dispose runs when all agents are deleted", async () => {
  const config = { name: "A", log: folder.file("log"), toDist: server.at };
  await Promise.all([new LoggingAgent(config)(), new LoggingAgent(config)()]);
  await client.deleteAllAgent();
  expect((await steps()).filter((step) => step === "dispose")).toHaveLength(2);
});

test.each(["SIGTERM", "SIGINT", "stop"])("dispose runs when an agent server is ended by %s", async (how) => {
  await using other = await AgentServer.start(["--workers", "2"]);
  const config = { name: "A", log: folder.file("log"), toDist: other.at };
  await Promise.all([new LoggingAgent(config)(), new LoggingAgent(config)()]);
  if (how === "stop") await new RpcAgentClient(other.at).stop();
  else other.kill(how as NodeJS.Signals);
  expect(await other.endsWithin(15_000)).toEqual({ code: 0, signal: null });
  expect((await steps()).filter((step) => step === "dispose")).toHaveLength(2);
});

test("an agent that takes its time to set up does not hold up others of the server", async () => {
  const slow = new LoggingAgent({ name: "slow", log: folder.file("log"), setupMs: 600_000, toDist: server.at });
  const answer = slow();
  const quick = Array.from({ length: 4 }, () => new Recorder({ name: "R", toDist: server.at }));
  expect(await Promise.all(quick.map((agent) => agent().content))).toEqual([0, 0, 0, 0]);
  await client.deleteAgent(slow.agentId);
  await expect(answer).rejects.toThrow(/deleted/);
});

test.each(["constructor", "setup", "setup later"])(
  "an agent whose %s throws can't be made: ready and each call say why, and the server does not list it",
  async (where) => {
    const agent = new Unmakeable({ name: "U", where }).toDist(server.at);
    const calls = [agent.ready(), agent(), agent.observe(new Msg({ name: "u", content: 1, role: "user" }))];
    for (const call of calls) {
      const error = await Promise.resolve(call).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(AgentCreationError);
      expect(error).toMatchObject({ code: "CREATION_FAILED", agentName: "U", server: server.address });
      expect(String(error)).toContain(`TypeError: thrown by ${where}`);
      expect((error as AgentCreationError).remoteStack).toContain("unmakeable");
    }
    expect(await client.getAgentList()).toEqual([]);
  },
);

test("lazyLaunch starts no process and makes no agent before the first call", async () => {
  const before = descendants(process.pid);
  const agent = new LoggingAgent({ name: "A", log: folder.file("log"), toDist: { lazyLaunch: true, maxPoolSize: 77 } });
  const other = new LoggingAgent({ name: "B", log: folder.file("log"), toDist: { ...server.at, lazyLaunch: true } });
  const awake = new Recorder({ name: "R", toDist: server.at });
  await awake();
  expect(await steps()).toEqual([]);
  expect(descendants(process.pid)).toEqual(before);
  expect(await agent().content).not.toBe(server.pid);
  expect(await other().content).toBe(server.pid);
  expect(descendants(process.pid)).toHaveLength(before.length + 1);
  expect((await steps()).filter((step) => step === "constructor")).toHaveLength(2);
});

test("without lazyLaunch the agent is made at once, with no call", async () => {
  const agent = new LoggingAgent({ name: "A", log: folder.file("log"), toDist: server.at });
  await until(async () => (await steps()).includes("setup"), { timeoutMs: 5000, what: "the agent's setup" });
  expect((await client.getAgentList()).map(({ agent_id }) => agent_id)).toEqual([agent.agentId]);
});

test("connectExisting takes hold of an agent with its memory, wherever it lives", async () => {
  const agents = Array.from({ length: 4 }, (_, index) => new Recorder({ name: `R${index}`, toDist: server.at }));
  for (const agent of agents) await agent.observe(new Msg({ name: "u", content: agent.name, role: "user" }));
  for (const { name, agentId } of agents) {
    const again = new Recorder({ name: "again" }).toDist({ ...server.at, agentId, connectExisting: true });
    expect(await again.contents()).toEqual([name]);
  }
  expect((await client.getServerInfo()).size).toBe(4);
});

test("connectExisting to an agent that is not there says so", async () => {
  const options = { ...server.at, agentId: "nobody", connectExisting: true };
  const agent = new Recorder({ name: "R" }).toDist(options);
  await expect(agent()).rejects.toMatchObject({ code: "AGENT_NOT_FOUND", server: server.address });
  await expect(agent()).rejects.toThrow(/no agent with the id nobody/);
  expect(() => new Recorder({ name: "R" }).toDist({ connectExisting: true })).toThrow(/agentId, host and port/);
});

test("an agent id that is taken on the server is refused, whichever worker has it", async () => {
  const first = new Recorder({ name: "R" }).toDist({ ...server.at, agentId: "mine" });
  await first.ready();
  for (let count = 0; count < 4; count++) {
    const again = new Recorder({ name: "R" }).toDist({ ...server.at, agentId: "mine" });
    await expect(again.ready()).rejects.toThrow(/an agent with the id mine is there already/);
    await expect(again()).rejects.toBeInstanceOf(AgentCreationError);
  }
  expect(await first().content).toBe(0);
  await client.deleteAgent("mine");
  const next = new Recorder({ name: "R", agentId: "mine" }).toDist(server.at);
  expect(await next().content).toBe(0);
});

test("of agents that are made with the same id at the same time one is made", async () => {
  const agents = Array.from({ length: 6 }, () => new Recorder({ name: "R" }).toDist({ ...server.at, agentId: "same" }));
  const outcomes = await Promise.allSettled(agents.map((agent) => agent()));
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(await client.getAgentList()).toHaveLength(1);
});
