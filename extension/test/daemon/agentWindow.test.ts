import { afterEach, beforeEach, expect, test } from "vitest";
import { AgentWindow, type WindowChange } from "../../src/daemon/agentWindow.js";
import { DaemonClient } from "../../src/daemon/daemonClient.js";
import { joinDaemon } from "../../src/daemon/daemonLauncher.js";
import { until } from "../until.js";
import { FakeDaemon } from "./fakeDaemon.js";
import { agentRow } from "./rows.js";

let daemon: FakeDaemon;
let client: DaemonClient;

beforeEach(async () => {
  daemon = await FakeDaemon.start();
  const join = () => joinDaemon({ script: "", mayStart: false, env: daemon.env });
  client = new DaemonClient({ name: "test", version: "0.1.0", timeoutMs: 1_000, join });
  void client.run();
});
afterEach(async () => {
  client.close();
  await daemon[Symbol.asyncDispose]();
});

const subscribed = (number: number) =>
  until(() => daemon.subscriptions.size === number, { timeoutMs: 5_000, what: `${number} subscriptions` });

test("agents come in pages, and no more is asked for than was wanted", async () => {
  const window = new AgentWindow(client, { serverId: "s", filter: "x", pageSize: 2 });
  await subscribed(1);
  expect([...daemon.subscriptions.values()]).toEqual([
    { topic: "agents", serverId: "s", offset: 0, limit: 2, filter: "x" },
  ]);
  await daemon.tell("agents", {
    kind: "agents",
    total: 3,
    offset: 0,
    rows: ["a", "b"].map((agentId) => agentRow({ agentId })),
  });
  await window.loaded;
  expect(window).toMatchObject({ total: 3, hasMore: true });
  window.grow();
  await subscribed(2);
  expect([...daemon.subscriptions.values()].at(-1)).toMatchObject({ offset: 2, limit: 2 });
  expect(window.hasMore).toBe(false);
  window.close();
  await subscribed(0);
});

test("a row that changed is told by its id, rows that came or went as another list", async () => {
  const window = new AgentWindow(client, { serverId: "s" });
  const changes: WindowChange[] = [];
  window.changed.on((change) => changes.push(change));
  await subscribed(1);
  const [a, b] = [agentRow({ agentId: "a" }), agentRow({ agentId: "b" })];
  await daemon.tell("agents", { kind: "agents", total: 2, offset: 0, rows: [a, b] });
  await daemon.tell("agents", { kind: "agents", total: 2, offset: 0, rows: [a, { ...b, lost: true }] });
  await daemon.tell("agents", { kind: "agents", total: 2, offset: 0, rows: [a, { ...b, lost: true }] });
  await daemon.tell("agents", { kind: "agents", total: 1, offset: 0, rows: [a] });
  await until(() => window.total === 1, { timeoutMs: 5_000, what: "the last event" });
  expect(changes).toEqual([{ kind: "list" }, { kind: "rows", agentIds: ["b"] }, { kind: "list" }]);
  window.close();
});

test("who waits for the first page of a server that is gone waits no longer", async () => {
  const window = new AgentWindow(client, { serverId: "s" });
  await subscribed(1);
  await daemon.tell("agents", { kind: "ended", reason: "there is no server s" });
  await window.loaded;
  expect(window.rows).toEqual([]);
  window.close();
});

test("a window that is paused has its rows and pages, and nothing is sent for it until it goes on", async () => {
  const window = new AgentWindow(client, { serverId: "s", pageSize: 1 });
  await subscribed(1);
  window.pause();
  await subscribed(0);
  window.resume();
  await subscribed(1);
  const row = agentRow({ agentId: "a" });
  await daemon.tell("agents", { kind: "agents", total: 2, offset: 0, rows: [row] });
  await window.loaded;
  window.pause();
  window.grow();
  await subscribed(0);
  expect(window).toMatchObject({ rows: [row], hasMore: false });
  window.resume();
  await subscribed(2);
  window.close();
  await subscribed(0);
});
