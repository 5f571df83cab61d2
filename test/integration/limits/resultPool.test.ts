import { AgentScopeError, Msg, PlaceholderExpiredError } from "agentscope-distributed";
import { expect, test } from "vitest";
import { Bulk } from "../../fixtures/agents/bulk.js";
import { Echo } from "../../fixtures/agents/echo.js";
import { Unresponsive } from "../../fixtures/agents/unresponsive.js";
import { AgentServer } from "../../processes/agentServer.js";
import { startScript } from "../../processes/script.js";
import { until } from "../../processes/until.js";

const say = (content: unknown) => new Msg({ name: "user", content, role: "user" });
const mib = 1024 * 1024;

async function errorOf(call: PromiseLike<unknown>): Promise<unknown> {
  return call.then(
    (value) => value,
    (error: unknown) => error,
  );
}

test.concurrent.each(["as-server", "child"])(
  "a pool full of unfinished calls refuses the next one and names the limit, its value and the option: %s",
  async (where) => {
    await using server = await AgentServer.start(["--workers", "1", "--max-pool-size", "4"]);
    const at = where === "child" ? { maxPoolSize: 4 } : server.at;
    const silent = new Unresponsive({ name: "S" }).toDist(at);
    await silent();
    const waiting = [1, 2, 3].map(() => silent(say("wait")));
    const fourth = silent(say("wait"));
    const refused = [silent(say("x")), silent(say("y"))];
    for (const call of refused) {
      const error = await errorOf(call);
      expect(error).toBeInstanceOf(AgentScopeError);
      expect(error).toMatchObject({ code: "LIMIT_EXCEEDED" });
      expect(String(error)).toMatch(/maxPoolSize is 4.*--max-pool-size/);
    }
    const elsewhere = new Echo({ name: "elsewhere" });
    expect(await errorOf(elsewhere(refused[0]))).toMatchObject({ code: "LIMIT_EXCEEDED" });
    void [...waiting, fourth].map((call) => call.catch(() => {}));
  },
);

test.concurrent("a pool of finished results drops the oldest of those that nobody has read, and tells who reads it later", async () => {
  await using server = await AgentServer.start(["--workers", "1", "--max-pool-size", "3"]);
  const make = new Bulk({ name: "make", does: "make", sizeBytes: mib, toDist: server.at });
  const results = [];
  for (let count = 0; count < 5; count++) {
    results.push(make());
    // Has ended once this has.
    await make.observe();
  }
  const outcomes = await Promise.all(results.map((result) => errorOf(result.content)));
  const expired = outcomes.map((outcome) => outcome instanceof PlaceholderExpiredError);
  // The last call took a place, too.
  expect(expired).toEqual([true, true, true, false, false]);
  expect(String(outcomes[0])).toMatch(/maxTimeoutSeconds.*maxPoolSize/);
  expect(outcomes[0]).toMatchObject({ code: "PLACEHOLDER_EXPIRED" });
  expect(outcomes[4]).toHaveLength(mib);
  const dependent = await errorOf(new Echo({ name: "E" }).toDist(server.at)(results[0]));
  expect(dependent).toBeInstanceOf(PlaceholderExpiredError);
  expect(String(dependent)).toContain('"E" was not run');
});

test.concurrent("small results are here before they can be pushed out", async () => {
  await using server = await AgentServer.start(["--workers", "1", "--max-pool-size", "8"]);
  const echo = new Echo({ name: "E" }).toDist(server.at);
  const results = [];
  for (let index = 0; index < 200; index++) {
    const result = echo(say(index));
    results.push(result);
    if (index % 5 === 0) await result;
  }
  expect(await Promise.all(results.map(({ content }) => content))).toEqual(results.map((_, index) => index));
});

test.concurrent("a result that is older than maxTimeoutSeconds is dropped, and tells who reads it later", async () => {
  await using server = await AgentServer.start(["--workers", "1", "--max-timeout-seconds", "1"]);
  const make = new Bulk({ name: "make", does: "make", sizeBytes: mib, toDist: server.at });
  const [unread, read] = [make(), make()];
  expect(await read.content).toHaveLength(mib);
  const start = performance.now();
  await until(() => performance.now() - start > 3000, { timeoutMs: 4000, what: "3 s to pass" });
  expect(await errorOf(unread.content)).toBeInstanceOf(PlaceholderExpiredError);
  expect(await read.content).toHaveLength(mib);
});

test.concurrent("results that nothing refers to any more, and those that were read, are released on their server", async () => {
  await using server = await AgentServer.start(["--workers", "1"], { env: { NODE_OPTIONS: "--expose-gc" } });
  const args = [server.host, String(server.port)];
  await using main = startScript("releasedResults", { args, nodeArgs: ["--expose-gc"] });
  const { made, dropped, read } = await main.says("read", 25_000);
  expect(made).toBeGreaterThan(39 * mib);
  expect(dropped).toBeLessThan(12 * mib);
  expect(read).toBeLessThan(12 * mib);
  expect(await main.endsWithin(15_000)).toEqual({ code: 0, signal: null });
});

test.concurrent("a result that a call was given stays until that call has it, although its handle is gone", async () => {
  await using server = await AgentServer.start(["--workers", "1"]);
  await using other = await AgentServer.start(["--workers", "1"]);
  const args = [String(server.port), String(other.port)];
  await using main = startScript("forgottenArgument", { args, nodeArgs: ["--expose-gc"] });
  expect(await main.says("content", 20_000)).toEqual({ content: 4 * mib });
});
