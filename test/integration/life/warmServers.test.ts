import { expect, test } from "vitest";
import { descendants, groupMembers, isAlive } from "../../processes/processTable.js";
import { startScript } from "../../processes/script.js";
import type { StartedProcess } from "../../processes/startedProcess.js";
import { until } from "../../processes/until.js";

/** Gives the script an order, and resolves to the processes of the agents that it made. */
async function order(script: StartedProcess, what: object): Promise<number[]> {
  const told = script.said.length;
  script.type(JSON.stringify(what));
  const line = await until(() => script.said[told], {
    timeoutMs: 15_000,
    what: `an answer to ${JSON.stringify(what)}`,
  });
  return line["pids"] as number[];
}

async function children(script: StartedProcess, count: number): Promise<number[]> {
  await until(() => descendants(script.pid).length === count, { timeoutMs: 15_000, what: `${count} child servers` });
  return descendants(script.pid);
}

test("agents get child servers that were started before, and others are started in their place", async () => {
  await using script = startScript("toldWhatToDo", { input: "open" });
  await order(script, { init: { warmChildServers: 2, maxChildServers: 8 } });
  const warm = await children(script, 2);
  const used = await order(script, { agents: 2 });
  expect(new Set(used)).toEqual(new Set(warm));
  const all = await children(script, 4);
  expect(all).toEqual(expect.arrayContaining(warm));
  const [more = 0] = await order(script, { agents: 1 });
  expect(all.filter((pid) => !warm.includes(pid))).toContain(more);
});

test("warm and used child servers together are not more than maxChildServers", async () => {
  await using script = startScript("toldWhatToDo", { input: "open" });
  await order(script, { init: { warmChildServers: 8, maxChildServers: 2 } });
  const warm = await children(script, 2);
  const used = await order(script, { agents: 5 });
  expect(new Set(used)).toEqual(new Set(warm));
  await order(script, { init: { maxChildServers: 3 } });
  expect(await children(script, 3)).toEqual(expect.arrayContaining(warm));
});

test("agents that are made before the warm servers are ready wait for these, and for no others", async () => {
  await using script = startScript("toldWhatToDo", { input: "open" });
  const used = await order(script, { init: { warmChildServers: 2, maxChildServers: 2 }, agents: 2 });
  expect(new Set(used).size).toBe(2);
  expect(new Set(descendants(script.pid))).toEqual(new Set(used));
});

test("after another init none is left that was started with other settings", async () => {
  await using script = startScript("toldWhatToDo", { input: "open" });
  await order(script, { init: { warmChildServers: 2, maxChildServers: 4 } });
  const old = await children(script, 2);
  const [used = 0] = await order(script, { init: { callTimeoutSeconds: 5 }, agents: 1 });
  expect(old).not.toContain(used);
  await until(() => !old.some(isAlive), { timeoutMs: 5000, what: "the end of the old ones" });
  await children(script, 3);
  await order(script, { init: { warmChildServers: 0 } });
  expect(await children(script, 1)).toEqual([used]);
});

test("a warm server that was killed is missed by nobody", async () => {
  await using script = startScript("toldWhatToDo", { input: "open" });
  await order(script, { init: { warmChildServers: 1, maxChildServers: 4 } });
  const [warm = 0] = await children(script, 1);
  process.kill(warm, "SIGKILL");
  await children(script, 0);
  // By the time it has answered, it has heard of the end, too.
  await order(script, {});
  expect(await order(script, { agents: 1 })).not.toContain(warm);
  await children(script, 2);
});

test("a script that ends while its warm servers start ends at once, and leaves none of them", async () => {
  const input = `${JSON.stringify({ init: { warmChildServers: 3, maxChildServers: 8 } })}\n`;
  await using script = startScript("toldWhatToDo", { input });
  expect(await script.endsWithin(10_000)).toEqual({ code: 0, signal: null });
  await until(() => groupMembers(script.pid).length === 0, { timeoutMs: 5000, what: "the end of its children" });
});

test.each([
  ["its work is done", { code: 0, signal: null }],
  ["SIGKILL", { code: null, signal: "SIGKILL" }],
])("a script whose warm servers are ready ends, and they with it: %s", async (how, end) => {
  await using script = startScript("toldWhatToDo", { input: "open" });
  await order(script, { init: { warmChildServers: 2, maxChildServers: 4 } });
  await order(script, { agents: 1 });
  await children(script, 3);
  if (how === "SIGKILL") script.kill("SIGKILL");
  else script.endInput();
  expect(await script.endsWithin(15_000)).toEqual(end);
  await until(() => groupMembers(script.pid).length === 0, { timeoutMs: 5000, what: "the end of its children" });
});
