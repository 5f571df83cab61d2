import { expect, test } from "vitest";
import { Echo } from "../../fixtures/agents/echo.js";
import { AgentServer } from "../../processes/agentServer.js";
import { startScript } from "../../processes/script.js";

test("a program that takes hold of an agent waits for its answer, and ends", async () => {
  await using server = await AgentServer.start();
  const echo = new Echo({ name: "E" }).toDist(server.at);
  await echo.pid();
  await using script = startScript("takesHold", { args: [server.host, String(server.port), echo.agentId] });
  expect(await script.endsWithin(10_000)).toEqual({ code: 0, signal: null });
  expect(JSON.parse(script.stdout)).toEqual({ content: "hello" });
});

test("a program that takes hold of an agent that is not there is told so", async () => {
  await using server = await AgentServer.start();
  await using script = startScript("takesHold", { args: [server.host, String(server.port), "nobody"] });
  expect(await script.endsWithin(10_000)).toEqual({ code: 0, signal: null });
  expect(JSON.parse(script.stdout)).toEqual({ error: expect.stringContaining("there is no agent with the id nobody") });
});
