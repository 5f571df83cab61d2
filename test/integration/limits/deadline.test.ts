import { AgentCallError, Msg, RpcAgentServerLauncher } from "agentscope-distributed";
import { expect, test, vi } from "vitest";
import { Echo } from "../../fixtures/agents/echo.js";
import { Unresponsive } from "../../fixtures/agents/unresponsive.js";
import { AgentServer } from "../../processes/agentServer.js";
import { startScript } from "../../processes/script.js";

vi.setConfig({ maxConcurrency: 10 });

const say = (content: unknown) => new Msg({ name: "user", content, role: "user" });

async function errorOf(call: PromiseLike<unknown>): Promise<unknown> {
  return call.then(
    (value) => `resolved with ${String(value)}`,
    (error: unknown) => error,
  );
}

test.concurrent("a turn that waits too long ends with an error that names the limit, and the agent takes its next call", async () => {
  await using server = await AgentServer.start(["--workers", "1", "--call-timeout-seconds", "1"]);
  const silent = new Unresponsive({ name: "S" }).toDist(server.at);
  const echo = new Echo({ name: "E" }).toDist(server.at);
  await silent();
  const start = performance.now();
  const [waiting, queued] = [silent(say("wait")), silent(say("hello"))];
  const behind = echo(waiting);
  const error = await errorOf(waiting);
  const ms = performance.now() - start;
  expect(error).toBeInstanceOf(AgentCallError);
  expect(error).toMatchObject({ code: "DEADLINE_EXCEEDED", agentName: "S", server: server.address });
  expect(String(error)).toMatch(/longer than callTimeoutSeconds \(1 s\)/);
  expect(ms).toBeGreaterThan(900);
  expect(ms).toBeLessThan(4000);
  expect(await queued.content).toBe("hello");
  expect(await errorOf(behind)).toMatchObject({ code: "DEADLINE_EXCEEDED", agentName: "S" });
  expect(await echo(say("fine")).content).toBe("fine");
});

test.concurrent("a turn that computes without pause ends too: its worker is replaced, and who was lost with it is named", async () => {
  await using launcher = new RpcAgentServerLauncher({
    customAgentClasses: [Unresponsive, Echo],
    workers: 2,
    callTimeoutSeconds: 1,
  });
  await launcher.launch();
  const at = { host: launcher.host, port: launcher.port };
  const agents = [1, 2, 3, 4].map((index) => new Unresponsive({ name: `A${index}` }).toDist(at));
  await Promise.all(agents.map((agent) => agent()));
  const computing = agents[0]?.(say("compute")) as PromiseLike<unknown>;
  const error = await errorOf(computing);
  expect(error).toMatchObject({ code: "DEADLINE_EXCEEDED" });
  const lost = /"A1" computed without pause for longer than callTimeoutSeconds \(1 s\).*with it were lost: (.*)$/.exec(
    String(error),
  )?.[1];
  // Two on each worker; on a machine that is so busy that the second worker is late, more on the first.
  expect(lost).toMatch(/^"A[234]"(, "A[234]")*$/);
  const isGone = (name: string) => name === "A1" || lost?.includes(`"${name}"`) === true;
  const later = await Promise.all(agents.map((agent) => errorOf(agent(say("hello")).content)));
  expect(later.map((one) => (one instanceof AgentCallError ? "gone" : one))).toEqual(
    ["A1", "A2", "A3", "A4"].map((name) => (isGone(name) ? "gone" : "resolved with hello")),
  );
  expect(await new Echo({ name: "new" }).toDist(at)(say("fine")).content).toBe("fine");
});

test.concurrent("init sets the time limit of local and child agents", async () => {
  await using main = startScript("deadlines");
  const { errors } = await main.says("errors");
  expect(errors).toEqual([
    expect.stringMatching(/^DEADLINE_EXCEEDED .*main process.*longer than callTimeoutSeconds \(1 s\)/),
    expect.stringMatching(/^DEADLINE_EXCEEDED .*127\.0\.0\.1.*longer than callTimeoutSeconds \(1 s\)/),
  ]);
  expect(await main.endsWithin(15_000)).toEqual({ code: 0, signal: null });
});
