import { Msg } from "agentscope-distributed";
import { expect, test } from "vitest";
import { Echo } from "../../fixtures/agents/echo.js";
import { AgentServer } from "../../processes/agentServer.js";
import { startScript } from "../../processes/script.js";
import { until } from "../../processes/until.js";
import { IdleConnections } from "./idleConnections.js";

// Who says nothing, who says it slowly, and who never stops take nothing from a good client.
//
//   LOAD=full npm run test:integration -- load      10,000 silent, 1,000 slow connections; prints how long calls take

const isFull = process.env["LOAD"] === "full";
const silent = isFull ? 10_000 : 500;
const slow = isFull ? 1000 : 50;
const calls = isFull ? 5000 : 300;
/** A bound on a machine with nothing else to do; else one that a hung server would pass. */
const p99Ms = isFull ? 100 : 10_000;

test.each(["calls", "frames"])(
  "a good client is answered beside connections that are silent or slow, and one that floods the server with %s",
  {
    timeout: 300_000,
  },
  async (kind) => {
    await using server = await AgentServer.start(["--workers", "2", "--no-log"]);
    const echo = new Echo({ name: "good" }).toDist(server.at);
    await echo.ready();
    using idle = await IdleConnections.open(server.at, { silent, slow });
    await using flood = startScript("floods", { args: [server.host, String(server.port), kind] });
    await flood.says("floods", 60_000);

    const tookMs: number[] = [];
    for (let call = 0; call < calls; call++) {
      const begin = performance.now();
      expect(await echo(new Msg({ name: "user", content: call, role: "user" })).content).toBe(call);
      tookMs.push(performance.now() - begin);
    }
    const sorted = tookMs.toSorted((one, other) => one - other);
    const quantile = (part: number) => sorted[Math.floor(sorted.length * part)] ?? 0;
    if (isFull) {
      const [p50, p99] = [0.5, 0.99].map((part) => `${quantile(part).toFixed(1)} ms`);
      process.stderr.write(
        `${idle.open} of ${silent + slow} connections open, one floods it with ${kind}: p50 ${p50}, p99 ${p99}\n`,
      );
    }
    expect(quantile(0.99)).toBeLessThan(p99Ms);
    expect(flood.end).toBeUndefined();
    // Who comes later is let in, too.
    const second = new Echo({ name: "late" }).toDist(server.at);
    expect(await second(new Msg({ name: "user", content: "late", role: "user" })).content).toBe("late");
  },
);

test("connections that never become a client's are closed", { timeout: 120_000 }, async () => {
  await using server = await AgentServer.start(["--workers", "1", "--no-log", "--idle-connection-seconds", "2"]);
  const echo = new Echo({ name: "calls" }).toDist(server.at);
  await echo.ready();
  using idle = await IdleConnections.open(server.at, { silent: 20, slow: 5 });
  await until(() => idle.open === 0, { timeoutMs: 90_000, what: "the end of all of them" });
  // One that is a client's stays, whether it calls or not.
  expect(await echo(new Msg({ name: "user", content: "still here", role: "user" })).content).toBe("still here");
});
