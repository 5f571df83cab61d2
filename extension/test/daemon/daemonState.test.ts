import { expect, test } from "vitest";
import { DaemonState, type StateChange } from "../../src/daemon/daemonState.js";
import { runRow, serverRow, treeEvent } from "./rows.js";

function followed(): { state: DaemonState; changes: StateChange[] } {
  const state = new DaemonState();
  const changes: StateChange[] = [];
  state.changed.on((change) => changes.push(change));
  return { state, changes };
}

test("a snapshot replaces what was known", () => {
  const { state, changes } = followed();
  state.take(treeEvent({ snapshot: true, servers: [serverRow({ serverId: "a" })], runs: [runRow({ runId: "r" })] }));
  state.take(treeEvent({ snapshot: true, servers: [serverRow({ serverId: "b" })] }));
  expect([...state.servers.keys()]).toEqual(["b"]);
  expect(state.runs.size).toBe(0);
  expect(changes.at(-1)).toMatchObject({ all: true });
});

test("a row that changed is named, and a list that did not is left alone", () => {
  const { state, changes } = followed();
  state.take(treeEvent({ snapshot: true, servers: [serverRow({ serverId: "a" }), serverRow({ serverId: "b" })] }));
  state.take(treeEvent({ servers: [serverRow({ serverId: "b", agents: 3 })] }));
  expect(changes.at(-1)).toMatchObject({ all: false, servers: ["b"], serverList: false, runList: false });
  expect(state.servers.get("b")?.agents).toBe(3);
});

test("rows that come and go change the list", () => {
  const { state, changes } = followed();
  state.take(treeEvent({ snapshot: true, servers: [serverRow({ serverId: "a" })] }));
  state.take(treeEvent({ servers: [serverRow({ serverId: "b" })] }));
  expect(changes.at(-1)).toMatchObject({ serverList: true });
  state.take(treeEvent({ goneServers: ["a"] }));
  expect(changes.at(-1)).toMatchObject({ serverList: true });
  expect([...state.servers.keys()]).toEqual(["b"]);
  state.take(treeEvent({ goneServers: ["never there"] }));
  expect(changes.at(-1)).toMatchObject({ serverList: false });
});

test("the last sample of a server is in its row", () => {
  const { state, changes } = followed();
  state.take(treeEvent({ snapshot: true, servers: [serverRow({ serverId: "a" })] }));
  const sample = {
    ...{ atMs: 1, cpuPercent: 1, memoryBytes: 1, eventLoopDelayMs: 1 },
    ...{ agents: 0, running: 0, queued: 0, callsPerSecond: 0 },
  };
  const series = { a: [sample, { ...sample, cpuPercent: 2 }], "not in the tree yet": [sample] };
  state.take({ kind: "resources", snapshot: false, series });
  expect(state.servers.get("a")?.resources?.cpuPercent).toBe(2);
  expect(changes.at(-1)).toMatchObject({ all: false, servers: ["a"], serverList: false });
});

test("without a daemon nothing is known", () => {
  const { state, changes } = followed();
  state.forget();
  expect(changes).toEqual([]);
  state.take(treeEvent({ snapshot: true, servers: [serverRow({ serverId: "a" })] }));
  expect(state.isKnown).toBe(true);
  state.forget();
  expect(state).toMatchObject({ isKnown: false, questions: [] });
  expect(state.servers.size).toBe(0);
  expect(changes.at(-1)).toMatchObject({ all: true });
});
