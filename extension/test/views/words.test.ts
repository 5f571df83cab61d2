import { expect, test } from "vitest";
import {
  agentDescription,
  count,
  duration,
  runDescription,
  runName,
  serverDescription,
  serverName,
} from "../../src/views/words.js";
import { agentRow, runRow, serverRow } from "../daemon/rows.js";

const resources = {
  atMs: 0,
  cpuPercent: 12.3,
  memoryBytes: 86 * 1024 * 1024,
  eventLoopDelayMs: 1,
  agents: 4,
  running: 1,
  queued: 0,
  callsPerSecond: 3,
};

test("a server that is ready says what it uses, how many agents it has and what kind it is", () => {
  expect(serverDescription(serverRow({ serverId: "a", agents: 4, resources }))).toBe(
    "cpu 12% · 86 MB · 4 agents · managed",
  );
});

test("a server that is not says so first", () => {
  expect(serverDescription(serverRow({ serverId: "a", state: "crashed", agents: 1 }))).toBe(
    "crashed · 1 agent · managed",
  );
});

test("a server is named by its address, by its id while it has none", () => {
  expect(serverName(serverRow({ serverId: "a" }))).toBe("127.0.0.1:12001");
  expect(serverName(serverRow({ serverId: "a", host: "::1" }))).toBe("[::1]:12001");
  expect(serverName(serverRow({ serverId: "a", port: 0 }))).toBe("a");
});

test("an agent says its class, what it does, for whom it waits and how long its queue is", () => {
  const state = { agentId: "a", queueLength: 0 };
  expect(agentDescription(agentRow({ agentId: "a", state: { ...state, state: "idle" } }))).toBe("Greeter · idle");
  expect(agentDescription(agentRow({ agentId: "a" }))).toBe("Greeter");
  expect(agentDescription(agentRow({ agentId: "a", lost: true }))).toBe("Greeter · lost with its server");
  expect(
    agentDescription(
      agentRow({ agentId: "a", state: { ...state, state: "waiting", waitingFor: ["A", "B"], queueLength: 3 } }),
    ),
  ).toBe("Greeter · waiting for A, B · 3 queued");
  expect(
    agentDescription(
      agentRow({ agentId: "a", state: { ...state, state: "waiting", waitingFor: ["A", "B", "C", "D"] } }),
    ),
  ).toBe("Greeter · waiting for A, B, C and 1 more");
});

test("a run says how it goes, in the order in which that matters", () => {
  const run = runRow({ runId: "r", agents: 4, calls: 30, failedCalls: 1 });
  expect(runDescription(run, 12_000)).toBe("12 s · 4 agents · 30 messages · 1 error");
  expect(runDescription({ ...run, state: "stopped", endedAtMs: 500 }, 99_000)).toMatch(/^stopped · 0\.5 s · /);
  expect(runName(run)).toBe("main.ts");
  expect(runName({ ...run, name: "nightly" })).toBe("nightly");
});

test("durations are short to read", () => {
  expect([0, 840, 9_940, 9_960, 59_400, 65_000, 7_800_000].map(duration)).toEqual([
    "0.0 s",
    "0.8 s",
    "9.9 s",
    "10 s",
    "59 s",
    "1 min 5 s",
    "2 h 10 min",
  ]);
});

test("numbers are written with their noun", () => {
  expect([0, 1, 2, 100_000].map((number) => count(number, "agent"))).toEqual([
    "0 agents",
    "1 agent",
    "2 agents",
    "100,000 agents",
  ]);
});
