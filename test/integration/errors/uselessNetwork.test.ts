import { AgentScopeError, AgentServerNotAliveError, Msg, RpcAgentClient } from "agentscope-distributed";
import { expect, test, vi } from "vitest";
import { Echo } from "../../fixtures/agents/echo.js";
import { Tally } from "../../fixtures/agents/tally.js";
import { Unresponsive } from "../../fixtures/agents/unresponsive.js";
import { AgentServer } from "../../processes/agentServer.js";
import { startScript } from "../../processes/script.js";
import { TcpProxy } from "../../processes/tcpProxy.js";
import { until } from "../../processes/until.js";

// Each of these waits for time limits of some seconds, and computes nothing meanwhile.

vi.setConfig({ maxConcurrency: 10 });

const say = (content: unknown) => new Msg({ name: "user", content, role: "user" });

/** The error of a call, and after how many milliseconds. */
async function failure(call: PromiseLike<unknown>): Promise<{ error: unknown; ms: number }> {
  const start = performance.now();
  try {
    return { error: `resolved with ${String(await call)}`, ms: performance.now() - start };
  } catch (error) {
    return { error, ms: performance.now() - start };
  }
}

test.concurrent("a frozen server is given up within the keepalive time of 10 s, here and on the servers that wait for it", async () => {
  await using frozen = await AgentServer.start(["--workers", "1"]);
  await using other = await AgentServer.start(["--workers", "1"]);
  const echo = new Echo({ name: "E" }).toDist(frozen.at);
  const remote = new Echo({ name: "R" }).toDist(other.at);
  // The other server has a connection of its own.
  await remote(echo(say("x".repeat(100_000))));
  frozen.kill("SIGSTOP");
  try {
    const waiting = echo(say("x"));
    const failures = await Promise.all([failure(waiting), failure(remote(waiting)), failure(echo.pid())]);
    for (const { error, ms } of failures) {
      expect(error).toBeInstanceOf(AgentServerNotAliveError);
      expect(error).toMatchObject({ server: frozen.address });
      expect(ms).toBeLessThan(11_000);
    }
    await using client = new RpcAgentClient(frozen.at);
    expect(await client.isAlive({ timeoutMs: 500 })).toBe(false);
  } finally {
    frozen.kill("SIGCONT");
  }
  // It goes on as a server like any other.
  expect(await new Echo({ name: "new" }).toDist(frozen.at).pid()).toBe(frozen.pid);
});

test.concurrent("a server that is frozen for a moment loses nothing", async () => {
  await using server = await AgentServer.start(["--workers", "1"]);
  const echo = new Echo({ name: "E" }).toDist(server.at);
  await echo(say("x"));
  server.kill("SIGSTOP");
  const answers = Array.from({ length: 100 }, (_, index) => echo(say(index)).content);
  const start = performance.now();
  // Longer than one keepalive: the stream breaks, and comes back.
  await until(() => performance.now() - start > 7000, { timeoutMs: 8000, what: "7 s to pass" });
  server.kill("SIGCONT");
  expect(await Promise.all(answers)).toEqual(Array.from({ length: 100 }, (_, index) => index));
});

test.concurrent("a network that swallows everything is given up within the keepalive time", async () => {
  await using server = await AgentServer.start(["--workers", "1"]);
  await using proxy = await TcpProxy.start(server.port);
  const silent = new Unresponsive({ name: "S" }).toDist(proxy.at);
  await silent();
  const waiting = silent(say("wait"));
  proxy.swallow();
  const { error, ms } = await failure(waiting);
  expect(error).toBeInstanceOf(AgentServerNotAliveError);
  expect(ms).toBeLessThan(11_000);
});

test.concurrent("something that accepts connections and never answers is given up within 10 s", async () => {
  await using server = await AgentServer.start(["--workers", "1"]);
  await using proxy = await TcpProxy.start(server.port);
  proxy.swallow();
  const { error, ms } = await failure(new Echo({ name: "E" }).toDist(proxy.at)(say("x")));
  expect(error).toBeInstanceOf(AgentServerNotAliveError);
  expect(String(error)).toContain(`127.0.0.1:${proxy.port}`);
  expect(ms).toBeLessThan(11_000);
});

test.concurrent("an address from which nothing is heard is given up within 10 s", async () => {
  // Reserved for documentation: no machine has it.
  const { error, ms } = await failure(new Echo({ name: "E" }).toDist({ host: "192.0.2.1", port: 12_001 })(say("x")));
  expect(error).toBeInstanceOf(AgentServerNotAliveError);
  expect(String(error)).toContain("192.0.2.1:12001");
  expect(ms).toBeLessThan(11_000);
});

test.concurrent.each(["child", "server"])(
  "a script that computes for 7 s without pause keeps the agents of its %s, and gets their results afterwards",
  async (where) => {
    await using server = await AgentServer.start(["--workers", "1"]);
    const args = where === "child" ? ["7"] : ["7", server.host, String(server.port)];
    await using main = startScript("blockedMain", { args });
    expect(await main.says("before")).toEqual({ before: "A 1 heard nothing" });
    expect(await main.says("after", 25_000)).toEqual({ after: ["A 2 heard nothing", "A 3 heard nothing"] });
    expect(await main.endsWithin(15_000)).toEqual({ code: 0, signal: null });
    expect(main.stderr).toBe("");
  },
);

test.concurrent("over a connection that changes bytes every call ends, and a new connection is not affected", async () => {
  await using server = await AgentServer.start(["--workers", "1"]);
  await using proxy = await TcpProxy.start(server.port);
  const tally = new Tally({ name: "T" }).toDist(proxy.at);
  await tally(say("x"));
  proxy.garble();
  const ends = await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      try {
        return await tally(say(index)).content;
      } catch (error) {
        return error;
      }
    }),
  );
  expect(ends).toHaveLength(200);
  expect(ends.some((end) => end instanceof AgentScopeError)).toBe(true);
  expect(await new Tally({ name: "T" }).toDist(server.at)(say("fine")).content).toBe("fine");
});

test.concurrent("over a connection that changes bytes from the beginning a call ends with an error", async () => {
  await using server = await AgentServer.start(["--workers", "1"]);
  await using proxy = await TcpProxy.start(server.port);
  proxy.garble();
  await expect(new Tally({ name: "T" }).toDist(proxy.at)(say("x"))).rejects.toBeInstanceOf(AgentScopeError);
});
