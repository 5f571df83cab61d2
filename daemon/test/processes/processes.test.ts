import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import { endTree } from "../../src/processes/endTree.js";
import { identify, isRunning, type ProcessIdentity } from "../../src/processes/processIdentity.js";
import { ProcessWatch } from "../../src/processes/processWatch.js";
import { until } from "../until.js";

/** Processes are started, and a busy machine takes its time. */
const slowMachine = { timeout: 30_000 };

const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0))
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
});

/** A program that leads a group and says a line when it is there. */
async function start(program: string): Promise<{ child: ChildProcess; identity: ProcessIdentity; said: string }> {
  const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"], detached: true });
  started.push(child);
  const [said] = (await once(child.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
  const identity = identify(child.pid as number);
  if (identity === undefined) throw new Error("it has ended");
  return { child, identity, said: said.toString().trim() };
}

const waits = "setInterval(() => {}, 1000); console.log('here');";
const ignoresTerm = `process.on("SIGTERM", () => {}); ${waits}`;

describe("which process a number means", slowMachine, () => {
  test("one that runs is itself, and not one that was started at another time", async () => {
    const { identity } = await start(waits);
    expect(isRunning(identity)).toBe(true);
    expect(isRunning({ ...identity, startedAt: "at another time" })).toBe(false);
  });

  test("one that has ended is none, also while its parent has not read of it", async () => {
    const { child, identity } = await start(waits);
    child.kill("SIGKILL");
    await until(() => !isRunning(identity), { what: "the end of the process" });
    expect(identify(identity.pid)).toBeUndefined();
  });

  test.each([0, -1, 1.5, Number.NaN])("%s is the number of none", (pid) => {
    expect(identify(pid)).toBeUndefined();
  });
});

test("a watch tells of an end once, and of none after it was disposed", async () => {
  const { child, identity } = await start(waits);
  const heard: string[] = [];
  const watch = new ProcessWatch(identity, () => heard.push("kept"));
  const disposed = new ProcessWatch(identity, () => heard.push("disposed"));
  disposed[Symbol.dispose]();
  child.kill("SIGKILL");
  watch.hurry();
  await until(() => heard.length > 0, { what: "the watch to tell" });
  watch.hurry();
  expect(heard).toEqual(["kept"]);
});

describe("the end of a process tree", slowMachine, () => {
  test("a process that ends when it is told to is not killed", async () => {
    const { child, identity } = await start(waits);
    const ended = once(child, "exit");
    await endTree(identity);
    expect(await ended).toEqual([null, "SIGTERM"]);
  });

  test("what ignores being told is killed, also what has left the group", async () => {
    const { identity, said } = await start(`
      const { spawn } = require("node:child_process");
      const child = spawn(process.execPath, ["-e", ${JSON.stringify(ignoresTerm)}], { detached: true, stdio: ["ignore", "pipe", "ignore"] });
      child.stdout.once("data", () => console.log(child.pid));
      process.on("SIGTERM", () => {});
    `);
    const below = identify(Number(said)) as ProcessIdentity;
    expect(isRunning(below)).toBe(true);
    await endTree(identity, { graceMs: 50, leftBehindMs: 50 });
    await until(() => !isRunning(identity) && !isRunning(below), { what: "the end of both" });
  });

  test("what a killed leader left behind in its group is ended", async () => {
    const { child, identity, said } = await start(`
      const { spawn } = require("node:child_process");
      const child = spawn(process.execPath, ["-e", ${JSON.stringify(waits)}], { stdio: ["ignore", "pipe", "ignore"] });
      child.stdout.once("data", () => console.log(child.pid));
    `);
    const below = identify(Number(said)) as ProcessIdentity;
    child.kill("SIGKILL");
    await until(() => !isRunning(identity), { what: "the end of the leader" });
    expect(isRunning(below)).toBe(true);
    await endTree(identity, { leftBehindMs: 500 });
    expect(isRunning(below)).toBe(false);
  });
});
