import { daemonStatus, forgetServer, listServers } from "agentscope-distributed-daemon/protocol";
import type { Discovery } from "agentscope-distributed/studio";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DaemonProcess, StateFolder } from "../processes/daemonProcess.js";
import { residentBytes } from "../processes/processTable.js";
import { until } from "../processes/until.js";
import { Editor } from "./editor.js";
import { RawClient } from "./rawClient.js";
import { ToldServer } from "./toldServer.js";

let state: StateFolder;
let daemon: DaemonProcess;
let found: Discovery;
beforeEach(async () => {
  state = await StateFolder.make();
  daemon = await DaemonProcess.start(state);
  if (state.found === undefined) throw new Error("no daemon");
  found = state.found;
});
afterEach(async () => {
  await daemon[Symbol.asyncDispose]();
  await state[Symbol.asyncDispose]();
});

test("what is watched comes whole first, then as it changes, to every client that watches", async () => {
  await using server = await ToldServer.attach(found, "s1");
  await using one = await Editor.connect(found);
  await using other = await Editor.connect(found, "terminal");
  const watched = await Promise.all([one, other].map((editor) => editor.watch({ topic: "tree" })));
  const [first] = await Promise.all([
    one.sees(watched[0] ?? "", "tree", ({ snapshot }) => snapshot),
    other.sees(watched[1] ?? "", "tree", ({ snapshot }) => snapshot),
  ]);
  expect(first.servers.map(({ serverId, agents }) => [serverId, agents])).toEqual([["s1", 0]]);

  await server.makes("a", "b");
  for (const [index, editor] of [one, other].entries()) {
    const change = await editor.sees(watched[index] ?? "", "tree", ({ servers }) => servers[0]?.agents === 2);
    expect(change.snapshot).toBe(false);
  }
});

test("the daemon tells how much is watched, until it is not any more", async () => {
  await using asking = await Editor.connect(found, "terminal");
  const watched = async () => (await asking.ask(daemonStatus, {})).subscriptions;
  expect(await watched()).toBe(0);
  const one = await Editor.connect(found);
  const tree = await one.watch({ topic: "tree" });
  await one.watch({ topic: "log" });
  await asking.watch({ topic: "tree" });
  expect(await watched()).toBe(3);
  await one.rpc.sendRequest("unsubscribe", { subscriptionId: tree });
  expect(await watched()).toBe(2);
  await one[Symbol.asyncDispose]();
  await until(async () => (await watched()) === 1, { timeoutMs: 30_000, what: "the end of what a client watched" });
});

test("a window of agents, samples, and the log are watched; an unsubscribed one costs nothing more", async () => {
  await using server = await ToldServer.attach(found, "s1");
  await using editor = await Editor.connect(found);
  const agents = await editor.watch({ topic: "agents", serverId: "s1", offset: 1, limit: 1 });
  const resources = await editor.watch({ topic: "resources", serverIds: ["s1"] });
  const log = await editor.watch({ topic: "log", source: "daemon" });
  await server.makes("a", "b", "c");
  await server.samples(42);
  const page = await editor.sees(agents, "agents", ({ total }) => total === 3);
  expect(page.rows).toMatchObject([{ agentId: "b", className: "A", serverId: "s1", lost: false }]);
  await editor.sees(
    resources,
    "resources",
    ({ series }) => series.s1?.some(({ cpuPercent }) => cpuPercent === 42) === true,
  );
  await editor.sees(log, "log", ({ lines }) => lines.some(({ text }) => text.includes("listens on")));

  await editor.rpc.sendRequest("unsubscribe", { subscriptionId: agents });
  const before = editor.eventsOf(agents).length;
  await server.makes("d");
  await server.samples(43);
  await editor.sees(
    resources,
    "resources",
    ({ series }) => series.s1?.some(({ cpuPercent }) => cpuPercent === 43) === true,
  );
  expect(editor.eventsOf(agents)).toHaveLength(before);
});

test("who watches resources from a moment on is sent nothing of before", async () => {
  await using server = await ToldServer.attach(found, "s1");
  await using editor = await Editor.connect(found);
  const isOf = (cpuPercent: number) => (event: { series: Record<string, { cpuPercent: number }[]> }) =>
    event.series.s1?.some((sample) => sample.cpuPercent === cpuPercent) === true;
  const all = await editor.watch({ topic: "resources" });
  await server.samples(1);
  await editor.sees(all, "resources", isOf(1));
  const later = await editor.watch({ topic: "resources", sinceMs: Date.now() });
  await editor.sees(later, "resources", ({ snapshot }) => snapshot);
  await server.samples(2);
  await editor.sees(later, "resources", isOf(2));
  const series = editor.eventsOf(later).flatMap((event) => (event.kind === "resources" ? (event.series.s1 ?? []) : []));
  expect(series.map(({ cpuPercent }) => cpuPercent)).toEqual([2]);
});

test("a memory comes whole, then what was added, and whole again when it was forgotten", async () => {
  await using server = await ToldServer.attach(found, "s1");
  await using editor = await Editor.connect(found);
  await server.makes("a");
  await server.remembers("a", "one", "two");
  const memory = await editor.watch({ topic: "memory", serverId: "s1", agentId: "a" });
  const shown = () =>
    editor.eventsOf(memory).map((event) => {
      if (event.kind !== "memory") return event;
      return [event.snapshot, event.offset, event.total, event.messages.map(({ content }) => content)];
    });
  await editor.sees(memory, "memory");
  await server.remembers("a", "three");
  await editor.sees(memory, "memory", ({ total }) => total === 3);
  await server.remembers("a", undefined, "anew");
  await editor.sees(memory, "memory", ({ total }) => total === 1);
  expect(shown()).toEqual([
    [true, 0, 2, ["one", "two"]],
    [false, 2, 3, ["three"]],
    [true, 0, 1, ["anew"]],
  ]);

  const many = Array.from({ length: 1000 }, (_, index) => `m${index}`);
  await server.remembers("a", ...many);
  const newest = await editor.sees(memory, "memory", ({ total }) => total === 1001);
  expect([newest.snapshot, newest.offset, newest.messages.length, newest.messages.at(-1)?.id]).toEqual([
    true,
    801,
    200,
    "m999",
  ]);
});

test("what is not there can't be watched, and of what goes the end is told", async () => {
  await using editor = await Editor.connect(found);
  await expect(editor.watch({ topic: "memory", serverId: "none", agentId: "a" })).rejects.toThrow('no server "none"');

  const server = await ToldServer.attach(found, "s1");
  const agents = await editor.watch({ topic: "agents", serverId: "s1", offset: 0, limit: 10 });
  await editor.sees(agents, "agents");
  await server[Symbol.asyncDispose]();
  const isGone = async () => (await editor.ask(listServers, {})).every((row) => row.state === "unreachable");
  await until(isGone, { timeoutMs: 5000, what: "a server that is gone" });
  await editor.ask(forgetServer, { serverId: "s1" });
  const { reason } = await editor.sees(agents, "ended");
  expect(reason).toContain('no server "s1"');
});

test("changes that come fast are told ten times a second", async () => {
  await using server = await ToldServer.attach(found, "s1");
  await using editor = await Editor.connect(found);
  const tree = await editor.watch({ topic: "tree" });
  const begin = performance.now();
  for (let index = 1; index <= 2000; index++) await server.makes(`a${index}`);
  await editor.sees(tree, "tree", ({ servers }) => servers[0]?.agents === 2000);
  const tenths = (performance.now() - begin) / 100;
  expect(editor.eventsOf(tree).length).toBeLessThan(tenths + 3);
});

test("a client that reads nothing while 10,000 changes happen costs the daemon no memory, and is told the latest when it reads", async () => {
  await using server = await ToldServer.attach(found, "s1");
  await using good = await Editor.connect(found);
  const goodTree = await good.watch({ topic: "tree" });
  await using slow = await RawClient.welcome(found);
  const subscriptions = 250;
  for (let id = 0; id < subscriptions; id++) slow.request(id, "subscribe", { topic: "tree" });
  await until(() => slow.received.filter(({ method }) => method !== undefined).length >= subscriptions, {
    timeoutMs: 10_000,
    what: "all snapshots",
  });
  slow.socket.pause();

  const before = residentBytes(found.pid);
  for (let index = 1; index <= 10_000; index++) await server.makes(`agent number ${index}`);
  await good.sees(goodTree, "tree", ({ servers }) => servers[0]?.agents === 10_000);
  // Three more seconds' worth of events, had they been kept.
  for (let index = 0; index < 30; index++) {
    await server.makes(`later ${index}`);
    await good.sees(goodTree, "tree", ({ servers }) => servers[0]?.agents === 10_001 + index);
  }
  expect(residentBytes(found.pid) - before).toBeLessThan(40e6);

  slow.socket.resume();
  const latest = '"agents":10030';
  await until(() => slow.receivedText.split(latest).length > subscriptions, { timeoutMs: 20_000, what: "the latest" });
  const eventsOfOne = slow.received.filter(({ method }) => method !== undefined).length / subscriptions;
  expect(eventsOfOne).toBeLessThan(good.eventsOf(goodTree).length / 2);
}, 90_000);

test("a hundred clients at once are answered, and none is left when they have gone", async () => {
  await using first = await Editor.connect(found);
  const others = await Promise.all(Array.from({ length: 99 }, () => Editor.connect(found)));
  const status = await first.ask(daemonStatus, {});
  expect(status.clients).toBe(100);
  const answers = await Promise.all(others.map((editor) => editor.ask(listServers, {})));
  expect(answers).toHaveLength(99);
  await Promise.all(others.map((editor) => editor[Symbol.asyncDispose]()));
  await until(async () => (await first.ask(daemonStatus, {})).clients === 1, { timeoutMs: 5000, what: "one client" });
});
