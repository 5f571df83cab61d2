import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { AgentLeases } from "../../src/server/agentLeases.js";
import type { KnownAgent } from "../../src/server/workerThread.js";

const graceMs = 1000;
let agents: Map<string, KnownAgent>;
let leases: AgentLeases;

function made(id: string, holder: string): void {
  agents.set(id, { name: id, number: 1, kind: { className: "A", maker: holder, holder } });
  leases.agentMadeFor(holder);
}

const orphans = () =>
  [...agents].filter(([id, agent]) => leases.orphanedSinceMs(id, agent) !== undefined).map(([id]) => id);

beforeEach(() => {
  vi.useFakeTimers();
  agents = new Map();
  leases = new AgentLeases({
    instance: () => "server",
    graceMs,
    agents: () => [...agents],
    remove: async (id) => agents.delete(id),
  });
});

afterEach(() => {
  leases.close();
  vi.useRealTimers();
});

it("an agent is orphaned with the last connection of its process, and removed when the grace is over", async () => {
  leases.callerOpened("script");
  leases.callerOpened("script");
  made("a", "script");
  leases.callerLost("script");
  expect(orphans()).toEqual([]);
  leases.callerLost("script");
  expect(orphans()).toEqual(["a"]);
  await vi.advanceTimersByTimeAsync(graceMs - 1);
  expect([...agents.keys()]).toEqual(["a"]);
  await vi.advanceTimersByTimeAsync(1);
  expect([...agents.keys()]).toEqual([]);
  expect(leases.hasOrphans).toBe(false);
});

it("a process that comes back in time has its agents back", async () => {
  leases.callerOpened("script");
  made("a", "script");
  leases.callerLost("script");
  await vi.advanceTimersByTimeAsync(graceMs - 1);
  leases.callerOpened("script");
  await vi.advanceTimersByTimeAsync(graceMs * 10);
  expect([...agents.keys()]).toEqual(["a"]);
  expect(orphans()).toEqual([]);
});

it("what the server or nobody holds stays, and so does what another process has taken hold of", async () => {
  leases.callerOpened("script");
  leases.callerOpened("other");
  made("own", "server");
  made("kept", "");
  made("taken", "script");
  leases.taken("taken", "other");
  leases.callerLost("script");
  await vi.advanceTimersByTimeAsync(graceMs * 2);
  expect([...agents.keys()]).toEqual(["own", "kept", "taken"]);
  leases.callerLost("other");
  await vi.advanceTimersByTimeAsync(graceMs);
  expect([...agents.keys()]).toEqual(["own", "kept"]);
});

it("an agent that is made when its process is gone already is orphaned, too", async () => {
  leases.callerOpened("script");
  leases.callerLost("script");
  await vi.advanceTimersByTimeAsync(graceMs);
  made("late", "script");
  expect(orphans()).toEqual(["late"]);
  await vi.advanceTimersByTimeAsync(graceMs);
  expect([...agents.keys()]).toEqual([]);
});
