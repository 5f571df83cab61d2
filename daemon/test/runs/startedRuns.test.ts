import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { identify } from "../../src/processes/processIdentity.js";
import { until } from "../until.js";
import { RunsInFolder } from "./runsInFolder.js";

let here: RunsInFolder;

beforeEach(async () => {
  here = await RunsInFolder.open();
});

afterEach(() => here[Symbol.asyncDispose]());

const isAlive = (pid: number | undefined) => identify(pid ?? 0) !== undefined;

test("a script runs from start to end, with its arguments, environment and output", async () => {
  const script = await here.script(
    "main.mjs",
    `const { AGENTSCOPE_STUDIO_URL, AGENTSCOPE_STUDIO_TOKEN, AGENTSCOPE_TARGET, OWN } = process.env;
     console.log(process.argv.slice(2).join("+"), AGENTSCOPE_STUDIO_URL, AGENTSCOPE_STUDIO_TOKEN, AGENTSCOPE_TARGET, OWN);
     console.log(process.cwd(), process.env.AGENTSCOPE_RUN_ID, process.env.AGENTSCOPE_STATE_DIR);
     console.error("to the error stream");`,
  );
  let told = "";
  here.runs.outputWritten.on(({ text }) => (told += text));
  const row = await here.runs.start({
    ...{ script, args: ["a b", "c"], cwd: here.folder, target: "local" },
    env: { OWN: "own" },
  });
  expect(row).toMatchObject({ state: "running", name: "main.mjs", target: "local", hasOutput: true });
  expect(row.pid).toBeGreaterThan(0);
  const ended = await here.ended(row.runId);
  expect(ended).toMatchObject({ state: "succeeded", exitCode: 0 });
  expect(ended.endedAtMs).toBeGreaterThanOrEqual(row.startedAtMs);
  const { text } = here.runs.output(row.runId, 0, 10_000);
  expect(text).toContain("a b+c http://127.0.0.1:9 secret local own\n");
  expect(text).toContain(`${here.folder} ${row.runId} ${here.folder}\n`);
  expect(text).toContain("to the error stream\n");
  expect(told).toBe(text);
  expect(here.runs.busy).toBe(false);
});

test("a script that fails says why in a sentence", async () => {
  const thrower = await here.script("thrower.mjs", `throw new TypeError("no such ink");`);
  const exiter = await here.script("exiter.mjs", `process.exit(7);`);
  const killed = await here.script("killed.mjs", `process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1000);`);
  const end = async (script: string) => here.ended((await here.runs.start({ script })).runId);
  expect(await end(thrower)).toMatchObject({
    state: "failed",
    exitCode: 1,
    error: "TypeError: no such ink (exit code 1)",
  });
  expect(await end(exiter)).toMatchObject({ state: "failed", exitCode: 7, error: "exit code 7" });
  expect(await end(killed)).toMatchObject({ state: "failed", error: "ended by SIGKILL" });
});

test("a script that can't be started is refused with what would help, and leaves no run", async () => {
  await expect(here.runs.start({ script: "nothing.js", cwd: here.folder })).rejects.toThrow("there is no script");
  await expect(here.runs.start({ script: "x.js", cwd: "/nowhere/at/all" })).rejects.toThrow("there is no folder");
  expect(here.runs.rows({ offset: 0, limit: 10 }).total).toBe(0);
});

test.skipIf("typescript" in process.features)(
  "TypeScript without a loader is refused with what to install",
  async () => {
    const script = await here.script("main.ts", `const x: number = 1; console.log(x);`);
    await expect(here.runs.start({ script, cwd: here.folder })).rejects.toThrow("npm install --save-dev tsx");
  },
);

test("TypeScript runs with the loader of the workspace that the run is in", async () => {
  const script = await here.script(
    "main.ts",
    `enum Ink { Blue = "blue" }; const ink: Ink = Ink.Blue; console.log(ink);`,
  );
  const { runId } = await here.runs.start({ script, cwd: process.cwd() });
  expect(await here.ended(runId)).toMatchObject({ state: "succeeded" });
  expect(here.runs.output(runId, 0, 1000).text).toBe("blue\n");
});

describe("stopping a run", () => {
  test("is Ctrl-C: the script can end in good order", async () => {
    const script = await here.script(
      "polite.mjs",
      `process.on("SIGINT", () => { console.log("bye"); process.exit(0); }); console.log("up"); setInterval(() => {}, 1000);`,
    );
    const { runId, pid } = await here.runs.start({ script });
    await here.prints(runId, "up");
    await here.runs.stop(runId);
    expect(await here.ended(runId)).toMatchObject({ state: "stopped" });
    expect(here.runs.output(runId, 0, 1000).text).toBe("up\nbye\n");
    expect(isAlive(pid)).toBe(false);
    await expect(here.runs.stop(runId)).rejects.toThrow("the run has ended: it has stopped");
  });

  test("ends with force what does not listen, and what it started", { timeout: 30_000 }, async () => {
    const script = await here.script(
      "deaf.mjs",
      `import { spawn } from "node:child_process";
       for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {});
       const child = spawn(process.execPath, ["-e", "process.on('SIGINT', () => {}); setInterval(() => {}, 1000)"], { stdio: "inherit" });
       console.log("child " + child.pid); setInterval(() => {}, 1000);`,
    );
    const { runId, pid } = await here.runs.start({ script });
    await here.prints(runId, "child ");
    const child = Number(/child (\d+)/.exec(here.runs.output(runId, 0, 1000).text)?.[1]);
    await here.runs.stop(runId);
    expect(await here.ended(runId)).toMatchObject({ state: "stopped" });
    expect([isAlive(pid), isAlive(child)]).toEqual([false, false]);
  });
});

test("output is bounded: the oldest is dropped, and said to be", async () => {
  await here[Symbol.asyncDispose]();
  here = await RunsInFolder.open({ outputBytes: 4000 });
  const script = await here.script("loud.mjs", `for (let i = 0; i < 2000; i += 1) console.log("line ünïcödé " + i);`);
  const { runId } = await here.runs.start({ script });
  await here.ended(runId);
  const first = here.runs.output(runId, 0, 100_000);
  const dropped = Number(/^… (\d+) bytes of output are not kept …\n/.exec(first.text)?.[1]);
  expect(dropped).toBeGreaterThan(30_000);
  expect(first.total - dropped).toBeLessThanOrEqual(4000);
  expect(first.text.endsWith("line ünïcödé 1999\n")).toBe(true);
  let text = "";
  for (let at = dropped; at < first.total; ) {
    const page = here.runs.output(runId, at, 17);
    text += page.text;
    expect(page.end).toBeGreaterThan(at);
    at = page.end;
  }
  expect(text).toBe(first.text.slice(first.text.indexOf("\n") + 1));
});

describe("after another daemon has come", () => {
  test("a run that goes on is found, and its end and output are seen", async () => {
    const go = join(here.folder, "go");
    const script = await here.script(
      "long.mjs",
      `import { existsSync } from "node:fs";
       console.log("before");
       setInterval(() => { if (existsSync(${JSON.stringify(go)})) { console.log("after"); process.exit(3); } }, 20);`,
    );
    const { runId, pid } = await here.runs.start({ script });
    await here.prints(runId, "before");
    here = await here.again();
    expect(here.runs.row(runId)).toMatchObject({ state: "running", pid });
    expect(here.runs.busy).toBe(true);
    await mkdir(go);
    expect(await here.ended(runId)).toMatchObject({ state: "failed", exitCode: 3 });
    expect(here.runs.output(runId, 0, 1000).text).toBe("before\nafter\n");
  });

  test("a run that ended meanwhile is told with its exit code and its time", async () => {
    const script = await here.script("short.mjs", `setTimeout(() => process.exit(4), 300); console.log("up");`);
    const { runId, pid } = await here.runs.start({ script });
    await here.prints(runId, "up");
    await here.runs.close();
    const file = join(here.folder, "runs", runId, "ended.json");
    await until(() => !isAlive(pid) && readOr(file) !== "", { timeoutMs: 5000, what: "its end" });
    here = await here.again();
    const { endedAtMs } = JSON.parse(readOr(file)) as { endedAtMs: number };
    expect(await here.ended(runId)).toMatchObject({ state: "failed", exitCode: 4, endedAtMs });
  });

  test("a run whose processes are all gone without a word is lost", async () => {
    const script = await here.script("long.mjs", `console.log("up " + process.ppid); setInterval(() => {}, 1000);`);
    const { runId, pid = 0 } = await here.runs.start({ script });
    await here.prints(runId, "up ");
    await here.runs.close();
    const keeper = Number(/up (\d+)/.exec(here.runs.output(runId, 0, 100).text)?.[1]);
    process.kill(keeper, "SIGKILL");
    process.kill(pid, "SIGKILL");
    await until(() => !isAlive(keeper) && !isAlive(pid), { timeoutMs: 5000, what: "their ends" });
    here = await here.again();
    const row = await here.ended(runId);
    expect(row).toMatchObject({ state: "lost", error: "its process is gone, and how it ended was not seen" });
    expect(row.exitCode).toBeUndefined();
  });
});

function readOr(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
