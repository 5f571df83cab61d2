import { daemonStatus, listServers, studioErrorCode } from "agentscope-distributed-daemon/protocol";
import type { Discovery } from "agentscope-distributed/studio";
import { afterAll, beforeAll, expect, test } from "vitest";
import { asStudio, DaemonProcess, StateFolder } from "../processes/daemonProcess.js";
import { residentBytes } from "../processes/processTable.js";
import { until } from "../processes/until.js";
import { Editor } from "./editor.js";
import { frameOf, RawClient } from "./rawClient.js";

let state: StateFolder;
let daemon: DaemonProcess;
let found: Discovery;
let good: Editor;

beforeAll(async () => {
  state = await StateFolder.make();
  const limits = ["maxConnections=3", "maxFrameBytes=100000", "helloTimeoutMs=500"];
  daemon = await DaemonProcess.start(state, { args: limits.flatMap((limit) => ["--limit", limit]) });
  if (state.found === undefined) throw new Error("no daemon");
  found = state.found;
  good = await Editor.connect(found);
});
afterAll(async () => {
  await good[Symbol.asyncDispose]();
  await daemon[Symbol.asyncDispose]();
  await state[Symbol.asyncDispose]();
});

const clients = async () => (await good.ask(daemonStatus, {})).clients;

test("one connection more than there may be is told so, and those that are there go on", async () => {
  await using one = await RawClient.welcome(found);
  await using two = await RawClient.welcome(found);
  await using three = await RawClient.connect({ path: found.pipe });
  await three.isLetGo();
  expect(three.received).toMatchObject([{ id: null, error: { code: studioErrorCode.refused } }]);
  expect(three.receivedText).toContain("--limit maxConnections");
  expect([one.isClosed, two.isClosed, await clients()]).toEqual([false, false, 3]);
});

test("a message above the limit is told the option, and silence is not waited for longer than was said", async () => {
  await until(async () => (await clients()) === 1, { timeoutMs: 5000, what: "one client" });
  await using large = await RawClient.welcome(found);
  large.send("Content-Length: 100001\r\n\r\n");
  await large.isLetGo();
  expect(large.receivedText).toContain("--limit maxFrameBytes");
  await using silent = await RawClient.connect({ path: found.pipe });
  await silent.isLetGo();
  expect(silent.receivedText).toContain("no hello within 500 ms");
});

test("a flood of notifications and of cancellations is passed over, in bounded memory", async () => {
  await until(async () => (await clients()) === 1, { timeoutMs: 5000, what: "one client" });
  await using raw = await RawClient.welcome(found);
  const before = residentBytes(found.pid);
  const unknown = frameOf({ jsonrpc: "2.0", method: "x", params: { text: "y".repeat(500) } });
  const cancel = frameOf({ jsonrpc: "2.0", method: "$/cancelRequest", params: { id: 1 } });
  const noCancel = frameOf({ jsonrpc: "2.0", method: "$/cancelRequest" });
  for (let round = 0; round < 100; round++) raw.send((unknown + cancel + noCancel).repeat(500));
  raw.request("last", listServers.method, {});
  await raw.receives(({ id }) => id === "last");
  expect(residentBytes(found.pid) - before).toBeLessThan(60e6);
});

test("a limit that does not exist is refused", async () => {
  const { end, stderr } = await asStudio(state, "--limit", "maxEverything=1");
  expect([end?.code, stderr]).toEqual([1, expect.stringContaining("maxFrameBytes")]);
});
