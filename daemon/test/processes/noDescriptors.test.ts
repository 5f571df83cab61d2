import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { residentBytes } from "agentscope-distributed/studio";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { answers } from "../../src/home/answers.js";
import { isOwnUser } from "../../src/http/peerUser.js";
import { LogFile } from "../../src/log/logFile.js";
import { LogTail } from "../../src/log/logTail.js";
import { endTree } from "../../src/processes/endTree.js";
import { identify, isRunning, type ProcessIdentity } from "../../src/processes/processIdentity.js";
import { processTable } from "../../src/processes/processTable.js";
import { OutputWriter } from "../../src/runs/keeper/outputWriter.js";
import { until } from "../until.js";
import { hasPrlimit, withoutDescriptors } from "../withoutDescriptors.js";
import { RunsInFolder } from "../runs/runsInFolder.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "descriptors-test-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/** A group of two processes, of which each ends when it is told to. */
async function startTree(): Promise<{ leader: ProcessIdentity; below: ProcessIdentity; ended: Promise<unknown> }> {
  const waits = "setInterval(() => {}, 1000)";
  const program = `
    const { spawn } = require("node:child_process");
    const child = spawn(process.execPath, ["-e", ${JSON.stringify(waits)}], { detached: true, stdio: "ignore" });
    child.once("spawn", () => console.log(child.pid));`;
  const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"], detached: true });
  const [said] = (await once(child.stdout, "data")) as [Buffer];
  return {
    leader: identify(child.pid ?? 0) as ProcessIdentity,
    below: identify(Number(said.toString())) as ProcessIdentity,
    ended: once(child, "exit"),
  };
}

test("what could not be started has no tree: nobody is told to end", async () => {
  const told = vi.spyOn(process, "kill").mockReturnValue(true);
  await endTree({ pid: 0, startedAt: "it has ended" });
  expect(told).not.toHaveBeenCalled();
});

describe.skipIf(!hasPrlimit)("with no descriptor left", { timeout: 30_000 }, () => {
  test("a process that runs still does, and one that has ended does not", async () => {
    const { leader, ended } = await startTree();
    await withoutDescriptors(() => {
      expect(isRunning(leader)).toBe(true);
      expect(identify(leader.pid)).toEqual({ pid: leader.pid, startedAt: "" });
    });
    await endTree(leader);
    await ended;
    await withoutDescriptors(() => expect(isRunning(leader)).toBe(false));
  });

  test("a process that was met then is the one that has its number", async () => {
    const met = await withoutDescriptors(() => identify(process.pid));
    expect(met).toEqual({ pid: process.pid, startedAt: "" });
    expect(isRunning(met as ProcessIdentity)).toBe(true);
  });

  test("no process is overlooked: there is no table, and a tree ends as soon as there is one", async () => {
    const { leader, below } = await startTree();
    const ending = await withoutDescriptors(async () => {
      await expect(processTable()).rejects.toThrow("EMFILE");
      const end = endTree(leader);
      await pause(100);
      return { end };
    });
    await ending.end;
    expect([leader, below].map(isRunning)).toEqual([false, false]);
  });

  test("the memory of this process is what it was", async () => {
    const before = residentBytes();
    expect(await withoutDescriptors(residentBytes)).toBe(before);
    expect(residentBytes()).toBeGreaterThan(0);
  });

  test("a log that could not be turned goes on as soon as it can", async () => {
    const path = join(folder, "daemon.log");
    using log = new LogFile(path, 100);
    const write = (text: string) => log.write({ atMs: 0, level: "info", source: "test", text });
    write("x".repeat(60));
    await withoutDescriptors(() => {
      write("lost");
      write("lost, too");
    });
    write("there again");
    expect(readFileSync(path, "utf8")).toMatch(/^\S+ info test: there again\n$/);
  });

  test("what a process writes is read later", async () => {
    const path = join(folder, "server.log");
    writeFileSync(path, "before\n");
    const heard: string[] = [];
    using tail = await withoutDescriptors(
      () => new LogTail(path, (line) => heard.push(line), { from: "end", everyMs: 10 }),
    );
    writeFileSync(path, "after\n", { flag: "a" });
    await until(() => heard.length > 0, { what: "a line" });
    expect(tail.lastLines()).toEqual(["after"]);
    expect(heard).toEqual(["after"]);
  });

  test("output for which no file can be begun is lost, and what comes later is not", async () => {
    using output = new OutputWriter(folder, { segmentBytes: 4, segments: 2 });
    output.write(Buffer.from("full"));
    await withoutDescriptors(() => output.write(Buffer.from("lost")));
    output.write(Buffer.from("more"));
    expect(["output.0", "output.4"].map((name) => readFileSync(join(folder, name), "utf8"))).toEqual(["full", "more"]);
  });

  test("nobody is let in as this user whose connection can't be looked up", async () => {
    const ends = { remoteAddress: "127.0.0.1", remotePort: 1, localPort: 2 };
    expect(isOwnUser(ends)).toBe(true);
    expect(await withoutDescriptors(() => isOwnUser(ends))).toBe(false);
  });

  test("a daemon that can't be asked is not taken for gone", async () => {
    const pipe = join(folder, "pipe");
    const server = createServer().listen(pipe);
    await once(server, "listening");
    expect(await withoutDescriptors(() => answers(pipe))).toBe(true);
    server.close();
  });

  test("a run goes on, and how it ended is seen as soon as it can be", async () => {
    await using here = await RunsInFolder.open();
    const script = await here.script("waits.mjs", "process.stdin.resume(); setInterval(() => {}, 1000);");
    const { runId, pid = 0 } = await here.runs.start({ script });
    await withoutDescriptors(() => pause(1200));
    expect(here.runs.row(runId).state).toBe("running");
    await withoutDescriptors(async () => {
      process.kill(pid, "SIGKILL");
      await pause(1200);
      expect(here.runs.row(runId).state).toBe("running");
    });
    expect(await here.ended(runId)).toMatchObject({ state: "failed", error: "ended by SIGKILL" });
  });
});
