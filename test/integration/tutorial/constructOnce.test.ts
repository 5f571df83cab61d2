import { AgentBase, DistConf } from "agentscope-distributed";
import { expect, test } from "vitest";
import { LoggingAgent } from "../../fixtures/agents/constructionLog.js";
import { AgentServer } from "../../processes/agentServer.js";
import { TemporaryFolder } from "../../processes/temporaryFolder.js";

test("toDist: true runs the constructor once, and only in the child", async () => {
  await using folder = await TemporaryFolder.make();
  const agent = new LoggingAgent({ name: "A", log: folder.file("log"), toDist: true });
  const pid = String(await agent().content);
  expect(pid).not.toBe(String(process.pid));
  expect(await folder.lines("log")).toEqual([`${pid} constructor`, `${pid} setup`, `${pid} reply`]);
});

test("toDist() runs the constructor once here and once more in the child", async () => {
  await using folder = await TemporaryFolder.make();
  const agent = new LoggingAgent({ name: "A", log: folder.file("log") }).toDist();
  const pid = String(await agent().content);
  expect(await folder.lines("log")).toEqual([
    `${process.pid} constructor`,
    `${pid} constructor`,
    `${pid} setup`,
    `${pid} reply`,
  ]);
});

test.each([
  ["a DistConf", (at: { host: string; port: number }) => new DistConf(at)],
  ["a plain object", (at: { host: string; port: number }) => at],
])("toDist in the config as %s runs the constructor once, and only on the agent server", async (_, distOf) => {
  await using folder = await TemporaryFolder.make();
  await using server = await AgentServer.start(["--workers", "1"]);
  const agent = new LoggingAgent({ name: "A", log: folder.file("log"), toDist: distOf(server.at) });
  expect(await agent().content).toBe(server.pid);
  expect(await folder.lines("log")).toEqual([
    `${server.pid} constructor`,
    `${server.pid} setup`,
    `${server.pid} reply`,
  ]);
});

test("one DistConf serves several agents and stays as it was", async () => {
  await using folder = await TemporaryFolder.make();
  await using server = await AgentServer.start(["--workers", "1"]);
  const shared = new DistConf(server.at);
  const plain = { ...server.at };
  const before = [JSON.stringify(shared), JSON.stringify(plain)];
  const agents = [shared, plain, shared, plain].map(
    (toDist, index) => new LoggingAgent({ name: `A${index}`, log: folder.file("log"), toDist }),
  );
  const config = { name: "B", log: folder.file("log"), toDist: shared };
  agents.push(new LoggingAgent(config), new LoggingAgent(config));
  expect(new Set(agents.map(({ agentId }) => agentId)).size).toBe(6);
  for (const agent of agents) expect(await agent().content).toBe(server.pid);
  expect([JSON.stringify(shared), JSON.stringify(plain)]).toEqual(before);
  expect(config).toEqual({ name: "B", log: folder.file("log"), toDist: shared });
  const constructed = (await folder.lines("log")).filter((line) => line.endsWith(" constructor"));
  expect(constructed).toEqual(Array.from({ length: 6 }, () => `${server.pid} constructor`));
});

test("toDist in the config of a class without @agent is refused with what to add", () => {
  class Undecorated extends AgentBase {}
  expect(() => new Undecorated({ name: "A", toDist: true })).toThrow(
    /Undecorated.*no @agent.*agent\(class Undecorated/,
  );
});
