import { describe, expect, test } from "vitest";
import { CallCounters, callCountersBytes } from "../../src/runtime/callCounters.js";
import { addAgent, makeHost } from "./hosts.js";

describe("counters of calls", () => {
  test("are read where another thread writes them", () => {
    const buffer = new SharedArrayBuffer(callCountersBytes);
    const written = new CallCounters(buffer);
    const read = new CallCounters(buffer);
    for (let count = 0; count < 3; count++) written.arrived();
    written.turnBegan();
    expect(read).toMatchObject({ running: 1, queued: 2, endedCalls: 0 });
    written.turnEnded();
    written.ended();
    expect(read).toMatchObject({ running: 0, queued: 2, endedCalls: 1 });
  });

  test("count each call once, however it ends", async () => {
    const counters = new CallCounters();
    const host = makeHost({ counters });
    let go = () => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const { handle, agent } = addAgent(host, "A", {
      slow: () => gate,
      fails: () => Promise.reject(new Error("no")),
      quick: () => 1,
    });
    const call = (method: string, ...args: unknown[]) =>
      (handle[method] as NonNullable<(typeof handle)[string]>)(...args);
    const calls = ["slow", "fails", "quick", "slow"].map((method) => call(method));
    expect(counters).toMatchObject({ running: 1, queued: 3, endedCalls: 0 });
    go();
    await Promise.allSettled(calls);
    expect(counters).toMatchObject({ running: 0, queued: 0, endedCalls: 4 });
    const failed = call("fails");
    const skipped = call("quick", failed);
    await Promise.allSettled([failed, skipped]);
    expect(counters).toMatchObject({ running: 0, queued: 0, endedCalls: 6 });
    await host.delete(agent.id);
    await Promise.allSettled([call("quick")]);
    expect(counters).toMatchObject({ running: 0, queued: 0, endedCalls: 7 });
  });
});
