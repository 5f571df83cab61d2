import { Msg, RpcAgentClient } from "agentscope-distributed";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Echo } from "../../fixtures/agents/echo.js";
import { Unmakeable } from "../../fixtures/agents/unmakeable.js";
import { Unresponsive } from "../../fixtures/agents/unresponsive.js";
import { AgentServer } from "../../processes/agentServer.js";

let small: AgentServer;
let other: AgentServer;

beforeAll(async () => {
  [small, other] = await Promise.all([
    AgentServer.start(["--workers", "1", "--max-pool-size", "3"]),
    AgentServer.start(["--workers", "1"]),
  ]);
});

afterAll(async () => {
  await Promise.all([small[Symbol.asyncDispose](), other[Symbol.asyncDispose]()]);
});

const say = (content: unknown) => new Msg({ name: "user", content, role: "user" });

test("a call that is refused by a full pool tells so on every server that was given its placeholder", async () => {
  const silent = new Unresponsive({ name: "S" }).toDist(small.at);
  const echo = new Echo({ name: "E" }).toDist(other.at);
  await Promise.all([silent(), echo()]);
  const waiting = [1, 2, 3].map(() => silent(say("wait")));
  const refused = silent(say("x"));
  // Given on before this process knows that it is refused.
  const behind = echo(refused);
  await expect(behind).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  await expect(behind).rejects.toThrow(/"E" was not run, its input failed.*maxPoolSize is 3/);
  await expect(refused).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  await using client = new RpcAgentClient(small.at);
  await client.deleteAllAgent();
  for (const call of waiting) await expect(call).rejects.toMatchObject({ code: "AGENT_NOT_FOUND" });
  // Nothing of all that takes a place any more.
  const next = new Unresponsive({ name: "N" }).toDist(small.at);
  expect(await Promise.all([1, 2, 3].map(() => next(say("hello")).content))).toEqual(["hello", "hello", "hello"]);
});

test("a call of a deleted agent tells so on every server that was given its placeholder", async () => {
  const gone = new Echo({ name: "G" }).toDist(small.at);
  const echo = new Echo({ name: "E" }).toDist(other.at);
  await Promise.all([gone(), echo()]);
  await using client = new RpcAgentClient(small.at);
  await client.deleteAgent(gone.agentId);
  const behind = echo(gone(say("x")));
  await expect(behind).rejects.toMatchObject({ code: "AGENT_NOT_FOUND" });
  await expect(behind).rejects.toThrow(/"E" was not run, its input failed \(G → E\): .*"G".*deleted/);
});

test("an agent that can't be made tells so on every server that was given a placeholder of it", async () => {
  const unmakeable = new Unmakeable({ name: "U", where: "setup later" }).toDist(small.at);
  const echo = new Echo({ name: "E" }).toDist(other.at);
  const behind = echo(unmakeable(say("x")));
  await expect(behind).rejects.toMatchObject({ code: "CREATION_FAILED" });
  await expect(behind).rejects.toThrow(/\(U → E\): .*TypeError: thrown by setup later/);
});
