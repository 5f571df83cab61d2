import { Msg, RpcAgentServerLauncher } from "agentscope-distributed";
import { expect, test, vi } from "vitest";
import { Echo } from "../../fixtures/agents/echo.js";
import { Unresponsive } from "../../fixtures/agents/unresponsive.js";
import { AgentServer } from "../../processes/agentServer.js";
import { startScript } from "../../processes/script.js";

vi.setConfig({ testTimeout: 120_000 });

const say = (content: string) => new Msg({ name: "user", content, role: "user" });

test("a server makes no more agents than it may, and says what the limit is", async () => {
  await using server = await AgentServer.start(["--workers", "1", "--max-agents", "2"]);
  const [first, second, third] = ["A", "B", "C"].map((name) => new Echo({ name }).toDist(server.at));
  await Promise.all([first?.ready(), second?.ready()]);
  const error = await third?.(say("x")).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: "AgentCreationError", cause: { code: "LIMIT_EXCEEDED" } });
  expect(String(error)).toMatch(/has 2 agents, its share of maxAgents.*--max-agents/);
});

test("an agent takes no more calls than may wait for it, and all of those that it took", async () => {
  await using server = await AgentServer.start(["--workers", "1", "--max-queue-length", "3"]);
  const silent = new Unresponsive({ name: "silent" }).toDist(server.at);
  await silent();
  const waiting = ["wait", "a", "b"].map((content) => silent(say(content)));
  const refused = await silent(say("c")).catch((thrown: unknown) => thrown);
  expect(refused).toMatchObject({ code: "LIMIT_EXCEEDED" });
  expect(String(refused)).toMatch(
    /3 calls of agent "silent" have not ended, which is maxQueueLength.*--max-queue-length/,
  );
  for (const call of waiting) void call.catch(() => {});
});

test("a server lets in no more callers than it may, and tells the next one why", async () => {
  await using server = await AgentServer.start(["--workers", "1", "--max-connections", "1"]);
  const echo = new Echo({ name: "echo" }).toDist(server.at);
  await echo(say("in"));
  await using other = startScript("takesHold", { args: [server.host, String(server.port), echo.agentId] });
  const { error } = await other.says("error", 60_000);
  expect(error).toMatch(/has 1 connections, which is maxConnections \(--max-connections\)/);
  expect(await echo(say("still in")).content).toBe("still in");
});

test("a value that is larger than a server takes ends the connection, with the limit in the error", async () => {
  await using server = await AgentServer.start(["--workers", "1", "--max-message-bytes", "100000"]);
  const echo = new Echo({ name: "echo" }).toDist(server.at);
  expect(await echo(say("x".repeat(90_000))).content).toHaveLength(90_000);
  await expect(echo(say("x".repeat(110_000)))).rejects.toThrow(
    /larger than maxMessageBytes \(100000; --max-message-bytes/,
  );
});

test("a limit that can't be one is refused", () => {
  expect(() => new RpcAgentServerLauncher({ maxAgents: 0 })).toThrow(
    "maxAgents is 0; it must be a whole number above 0",
  );
});
