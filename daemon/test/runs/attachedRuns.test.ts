import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  allocate,
  askPerson,
  callsHappened,
  type RunAnnouncement,
  runAgentsChanged,
  runEnding,
} from "agentscope-distributed/studio";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { agentNamed, BatchWriter, instance } from "../placeholders/batches.js";
import { until } from "../until.js";
import { RunsInFolder } from "./runsInFolder.js";

let here: RunsInFolder;
let process_: ChildProcess;

beforeEach(async () => {
  here = await RunsInFolder.open({ patienceMs: 100 });
  process_ = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  await once(process_, "spawn");
});

afterEach(async () => {
  process_.kill("SIGKILL");
  await here[Symbol.asyncDispose]();
});

function announcement(more: Partial<RunAnnouncement> = {}): RunAnnouncement {
  return {
    runId: "run-1",
    instance: instance("script"),
    script: "/home/ann/desk/main.js",
    args: ["--fast"],
    cwd: "/home/ann/desk",
    pid: process_.pid ?? 0,
    startedAtMs: 1000,
    target: "child",
    version: "0.1.0",
    ...more,
  };
}

test("a script that found the daemon is a run, with its agents and calls", async () => {
  const script = here.attach(announcement({ project: "desk" }));
  expect(here.runs.row("run-1")).toMatchObject({
    name: "main.js",
    project: "desk",
    state: "running",
    hasOutput: false,
  });
  await script.scriptEnd.sendNotification(runAgentsChanged, {
    all: true,
    made: [["a1", "Ann", "Writer", ""]],
    deleted: [],
  });
  const calls = new BatchWriter(`${instance("script")}.0`).made(1, agentNamed("Ann")).made(2, agentNamed("Ben"));
  await script.scriptEnd.sendNotification(callsHappened, calls.ended(1).batch());
  await until(() => here.runs.row("run-1").calls === 2, { what: "its calls" });
  expect(here.runs.row("run-1")).toMatchObject({ agents: 1, openCalls: 1, failedCalls: 0 });
  expect(() => here.runs.output("run-1", 0, 100)).toThrow("was not started by the daemon");
});

test("a script that says that it ends has ended as it said", async () => {
  const good = here.attach(announcement());
  await good.scriptEnd.sendRequest(runEnding, { failed: false });
  good.disconnect();
  expect(await here.ended("run-1")).toMatchObject({ state: "succeeded" });
  const bad = here.attach(announcement({ runId: "run-2", instance: instance("other") }));
  await bad.scriptEnd.sendRequest(runEnding, { failed: true, error: "no ink" });
  bad.disconnect();
  expect(await here.ended("run-2")).toMatchObject({ state: "failed", error: "no ink" });
});

test("a script whose process is gone without a word is lost, with what it had open", async () => {
  const script = here.attach(announcement());
  const calls = new BatchWriter(`${instance("script")}.0`).made(1, agentNamed("Ann"));
  await script.scriptEnd.sendNotification(callsHappened, calls.batch());
  const asked = { questionId: "q1", agent: "Ann", server: "main process", prompt: "Which?" };
  script.scriptEnd.sendRequest(askPerson, asked).catch(() => {});
  await until(() => here.questions.list().length === 1, { what: "the question" });
  process_.kill("SIGKILL");
  script.disconnect();
  expect(await here.ended("run-1")).toMatchObject({ state: "lost", openCalls: 0, calls: 1, failedCalls: 0 });
  expect(here.placeholders.get(calls.id(1))).toMatchObject({ state: "lost", error: "the run has ended" });
  expect(here.questions.list()).toEqual([]);
});

test("a broken connection ends nothing: the script comes back, and its question is still there", async () => {
  const script = here.attach(announcement());
  const asked = { questionId: "q1", agent: "Ann", server: "main process", prompt: "Which?" };
  script.scriptEnd.sendRequest(askPerson, asked).catch(() => {});
  await until(() => here.questions.list().length === 1, { what: "the question" });
  const closed = new Promise<void>((resolve) => {
    script.daemonEnd.onClose(resolve);
  });
  script.disconnect();
  await closed;
  expect(here.runs.row("run-1").state).toBe("running");
  const again = here.attach(announcement());
  expect(again.runId).toBe("run-1");
  const answer = again.scriptEnd.sendRequest(askPerson, asked);
  here.questions.answer("q1", "blue", "an editor");
  expect(await answer).toEqual({ answer: "blue" });
});

test("a script of another machine is given up after a while, and goes on when it comes back", async () => {
  const script = here.attach(announcement(), false);
  script.disconnect();
  expect(await here.ended("run-1")).toMatchObject({ state: "lost" });
  here.attach(announcement(), false);
  const row = here.runs.row("run-1");
  expect(row.state).toBe("running");
  expect(row.endedAtMs).toBeUndefined();
  await expect(here.runs.stop("run-1")).rejects.toThrow("not on the daemon's machine");
});

test("stopping a script that somebody else started ends its process", async () => {
  const script = here.attach(announcement());
  const exit = once(process_, "exit");
  await here.runs.stop("run-1");
  await exit;
  script.disconnect();
  expect(await here.ended("run-1")).toMatchObject({ state: "stopped" });
});

test("a script that a run has started inherits its id, and is a run of its own", () => {
  here.attach(announcement());
  const inner = here.attach(announcement({ instance: instance("inner") }));
  expect(inner.runId).not.toBe("run-1");
  expect(here.attach(announcement({ instance: instance("inner") })).runId).toBe(inner.runId);
  expect(here.runs.rows({ offset: 0, limit: 10 }).total).toBe(2);
});

test("a script asks for servers in the name of its run", async () => {
  const runs: unknown[] = [];
  await here[Symbol.asyncDispose]();
  here = await RunsInFolder.open({
    allocate: async (items, run) => {
      runs.push(run);
      return items.map(() => ({ kind: "server", serverId: "s", host: "h", port: 1 }));
    },
  });
  const script = here.attach(announcement());
  const items = [{ className: "Writer", builtIn: false }];
  expect(await script.scriptEnd.sendRequest(allocate, { items })).toEqual([
    { kind: "server", serverId: "s", host: "h", port: 1 },
  ]);
  expect(runs).toEqual([{ runId: "run-1", cwd: "/home/ann/desk", isLocal: true }]);
});

describe("after another daemon has come", () => {
  test("a script that is there attaches to its run again, and its calls are counted on", async () => {
    const script = here.attach(announcement());
    const calls = new BatchWriter(`${instance("script")}.0`).made(1, agentNamed("Ann")).made(2, agentNamed("Ben"));
    await script.scriptEnd.sendNotification(callsHappened, calls.ended(1).batch());
    await until(() => here.runs.row("run-1").calls === 2, { what: "its calls" });
    here = await here.again();
    expect(here.runs.row("run-1")).toMatchObject({ calls: 2, openCalls: 0 });
    expect(here.runs.row("run-1").state).toBe("running");
    expect(here.attach(announcement()).runId).toBe("run-1");
    expect(here.runs.rows({ offset: 0, limit: 10 }).total).toBe(1);
  });

  test("a script that is gone is told as lost, not as a success", async () => {
    here.attach(announcement());
    await here.runs.close();
    process_.kill("SIGKILL");
    await once(process_, "exit");
    here = await here.again();
    expect(await here.ended("run-1")).toMatchObject({ state: "lost", error: "it ended while no daemon was running" });
  });
});

test.each([
  ["an id that is a path", { runId: "../../etc" }, "runId"],
  ["an id that is a folder", { runId: ".." }, "runId"],
  ["no instance", { instance: "" }, "instance"],
  ["a number for its script", { script: 5 }, "script"],
  ["a text for its arguments", { args: "all" }, "args"],
  ["a text for its pid", { pid: "1" }, "pid"],
  ["an endless folder", { cwd: "x".repeat(20_000) }, "cwd"],
])("an announcement with %s is refused", (_, wrong, field) => {
  expect(() => here.attach(announcement(wrong as never))).toThrow(field);
  expect(here.runs.rows({ offset: 0, limit: 10 }).total).toBe(0);
});

test("of a run that has ended a page of its own agents is remembered, however many there were", async () => {
  const script = here.attach(announcement());
  const made = Array.from({ length: 5000 }, (_, n): [string, string, string, string] => [`a${n}`, "Ann", "Writer", ""]);
  await script.scriptEnd.sendNotification(runAgentsChanged, { all: true, made, deleted: [] });
  await script.scriptEnd.sendRequest(runEnding, { failed: false });
  script.disconnect();
  expect(await here.ended("run-1")).toMatchObject({ agents: 5000 });
  expect(here.runs.ownAgents("run-1").map(([id]) => id)).toEqual(made.slice(0, 500).map(([id]) => id));
});

test("of a run that has ended the most agents are told that lived at a time, though its servers ended before it", async () => {
  let onServers = 0;
  await using folder = await RunsInFolder.open({ agentsOnServers: () => onServers });
  const script = folder.attach(announcement());
  await script.scriptEnd.sendNotification(runAgentsChanged, {
    all: true,
    made: [["a", "Ann", "Writer", ""]],
    deleted: [],
  });
  await until(() => folder.runs.row("run-1").agents === 1, { what: "its own agent" });
  for (onServers of [2, 3, 0]) folder.runs.noteAgents("run-1");
  expect(folder.runs.row("run-1").agents).toBe(1);
  await script.scriptEnd.sendRequest(runEnding, { failed: false });
  script.disconnect();
  expect(await folder.ended("run-1")).toMatchObject({ state: "succeeded", agents: 4 });
});

test("the clock of a script counts for as long as it is connected", async () => {
  const caller = `${instance("script")}.0`;
  const tell = async (atMs: number, seq: number) => {
    const script = here.attach(announcement());
    const calls = new BatchWriter(caller, atMs).made(seq, agentNamed("Ann"));
    await script.scriptEnd.sendNotification(callsHappened, calls.batch());
    await until(() => here.runs.row("run-1").calls === seq, { what: "the call" });
    script.disconnect();
    await until(() => script.isOver, { what: "the end of the connection" });
    return here.placeholders.get(calls.id(seq)).madeAtMs ?? 0;
  };
  const hourMs = 3_600_000;
  expect(Math.abs((await tell(Date.now() + hourMs, 1)) - Date.now())).toBeLessThan(60_000);
  // It was put right meanwhile.
  expect(Math.abs((await tell(Date.now(), 2)) - Date.now())).toBeLessThan(60_000);
});

test("a script that comes by a forwarded port is of another machine, and no process here is taken for it", async () => {
  const script = here.attach(announcement({ machine: "elsewhere" }));
  await expect(here.runs.stop("run-1")).rejects.toThrow("is not on the daemon's machine");
  process_.kill("SIGKILL");
  expect(here.runs.row("run-1").state).toBe("running");
  script.disconnect();
  expect(await here.ended("run-1")).toMatchObject({ state: "lost" });
});
