import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CallOrigin } from "../../src/studio/callBatch.js";
import { until } from "../until.js";
import { RecordingDaemon } from "./recordingDaemon.js";

vi.setConfig({ testTimeout: 60_000 });

const program = fileURLToPath(new URL("runProgram.ts", import.meta.url));

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

let stateDir: string;
let daemon: RecordingDaemon;
const started = new Set<ChildProcess>();

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "as-state-"));
  daemon = await new RecordingDaemon().start();
});

afterEach(async () => {
  for (const child of started) child.kill("SIGKILL");
  await daemon.stop();
  await rm(stateDir, { recursive: true });
});

/** Starts the script; without a name of a daemon it finds one, if there is one. */
function start(args: string[], env: NodeJS.ProcessEnv, input: "closed" | "open" = "closed") {
  const child = spawn(process.execPath, ["--import", "tsx", program, ...args], {
    env: { ...process.env, AGENTSCOPE_STUDIO_URL: "", AGENTSCOPE_STATE_DIR: stateDir, ...env },
    stdio: [input === "open" ? "pipe" : "ignore", "pipe", "pipe"],
  });
  started.add(child);
  const said = { stdout: "", stderr: "" };
  child.stdout?.on("data", (text: Buffer) => (said.stdout += text.toString()));
  child.stderr?.on("data", (text: Buffer) => (said.stderr += text.toString()));
  const ended = once(child, "close").then(([code]): Ended => {
    started.delete(child);
    return { code: code as number | null, ...said };
  });
  return { child, said, ended };
}

const run = (args: string[], env: NodeJS.ProcessEnv): Promise<Ended> => start(args, env).ended;

async function publish(url: string): Promise<void> {
  const found = { pid: process.pid, instance: "i", pipe: "/none", url, token: "t", version: "0", protocolVersion: 1 };
  await writeFile(join(stateDir, "daemon.json"), JSON.stringify(found));
}

describe("a script that a daemon watches", () => {
  it("tells what it is, its agents, its calls and where they stand in the source, and that it ended well", async () => {
    const { code, stderr } = await run(["done", "x"], {
      AGENTSCOPE_STUDIO_URL: daemon.url,
      AGENTSCOPE_RUN_ID: "run-7",
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(daemon.runs).toMatchObject([
      { runId: "run-7", project: "tests", name: "done", script: program, args: ["done", "x"], target: "studio" },
    ]);
    expect(daemon.agentNames).toEqual(["Echo"]);
    expect(daemon.ends).toEqual([{ failed: false }]);
    const made = daemon.events("made");
    expect(made.map(({ agent }) => agent?.name)).toEqual(["Echo", "Echo", "Echo"]);
    expect(made[1]?.event[6]).toEqual([made[0]?.id]);
    const line = (await readFile(program, "utf8")).split("\n").findIndex((text) => text.includes("echo(echo(hi))")) + 1;
    expect(made.map(({ event }) => (event[7] as CallOrigin).at)[0]).toMatch(
      new RegExp(`runProgram\\.ts:${line}:\\d+$`),
    );
    const outcomes = daemon.events("ended").map(({ event }) => (event[4] as { outcome: string }).outcome);
    expect(outcomes).toEqual(["ready", "ready", "failed"]);
  });

  it("is found to be one by the daemon's file alone, also when it never calls init", async () => {
    await publish(daemon.url);
    const { code, stderr } = await run(["plain"], {});
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(daemon.runs).toMatchObject([{ target: "child" }]);
    expect(daemon.events("ended")).toHaveLength(3);
    expect(daemon.ends).toEqual([{ failed: false }]);
  });

  it.each([
    [["exit", "0"], 0, { failed: false }],
    [["exit", "3"], 3, { failed: true, error: "it ended with exit code 3" }],
    [["throw"], 1, { failed: true, error: "TypeError: nobody catches this" }],
  ])("tells how it ends and its last calls also where it is ended: %j", async (args, exitCode, end) => {
    const { child, ended } = start(args, { AGENTSCOPE_STUDIO_URL: daemon.url }, "open");
    await until(() => daemon.agents.length > 0, { timeoutMs: 15_000, what: "the run" });
    child.stdin?.write("go on\n");
    expect((await ended).code).toBe(exitCode);
    await until(() => daemon.ends.length > 0, { what: "the end of the run" });
    expect(daemon.ends).toEqual([end]);
    expect(daemon.events("ended")).toHaveLength(1);
  });

  it("does not care for a daemon that is gone, and does not wait for it", async () => {
    await publish(daemon.url);
    await daemon.stop();
    const { code, stderr } = await run(["done"], {});
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  it("says once that a daemon which somebody named is not there, and goes on", async () => {
    await daemon.stop();
    const { code, stderr } = await run(["done"], { AGENTSCOPE_STUDIO_URL: daemon.url });
    expect(code).toBe(0);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toContain(`no daemon can be reached at ${daemon.url}`);
  });

  it("wants none when it is told so", async () => {
    await publish(daemon.url);
    await run(["done"], { AGENTSCOPE_STUDIO_URL: "off" });
    expect(daemon.runs).toEqual([]);
  });
});

describe("a question to the person", () => {
  const questions = (count: number) =>
    until(() => daemon.questions.length >= count, { timeoutMs: 15_000, what: `${count} questions` });

  it("is answered through the daemon where nothing can be typed, one prompt after the other", async () => {
    const { ended } = start(["ask"], { AGENTSCOPE_STUDIO_URL: daemon.url });
    await questions(1);
    expect(daemon.questions[0]).toMatchObject({
      agent: "Person",
      server: "main process",
      prompt: "Your name? ",
      multiline: true,
    });
    daemon.questions[0]?.answer("Ada\nLovelace");
    await questions(2);
    expect(daemon.questions[1]).toMatchObject({ prompt: "age: ", multiline: false });
    daemon.questions[1]?.answer("36");
    const { code, stdout } = await ended;
    expect(code).toBe(0);
    expect(stdout).toContain(JSON.stringify({ content: "Ada\nLovelace", metadata: { age: "36" } }));
  });

  it("is taken back from the daemon when it is answered in the terminal, and the other way round", async () => {
    const { child, said, ended } = start(["ask"], { AGENTSCOPE_STUDIO_URL: daemon.url }, "open");
    await questions(1);
    child.stdin?.write("Grace\n");
    await questions(2);
    await until(() => daemon.questions[0]?.withdrawn === true, { what: "the question's withdrawal" });
    await until(() => said.stdout.includes("age: "), { what: "the question in the terminal" });
    daemon.questions[1]?.answer("79");
    const { code, stdout } = await ended;
    expect(code).toBe(0);
    expect(stdout).toContain(JSON.stringify({ content: "Grace", metadata: { age: "79" } }));
    expect(stdout).toContain("Person: age: 79\n");
    expect(daemon.questions[1]?.withdrawn).toBe(false);
  });

  it("is asked again, as the same one, after the daemon was started again", async () => {
    const { ended } = start(["ask"], { AGENTSCOPE_STUDIO_URL: daemon.url });
    await questions(1);
    await daemon.stop();
    await daemon.start();
    await questions(2);
    const [before, after] = daemon.questions;
    expect(after?.questionId).toBe(before?.questionId);
    expect(daemon.runs.map(({ runId }) => runId)).toEqual([daemon.runs[0]?.runId, daemon.runs[0]?.runId]);
    expect(daemon.agentNames).toEqual(["Person", "Person"]);
    after?.answer("Ada");
    await questions(3);
    daemon.questions[2]?.answer("36");
    expect((await ended).code).toBe(0);
  });

  it("fails where nobody can answer: nothing can be typed, and the daemon is not there", async () => {
    await daemon.stop();
    const { code, stderr } = await run(["ask"], { AGENTSCOPE_STUDIO_URL: daemon.url });
    expect(code).toBe(1);
    expect(stderr).toContain("the input has ended, so that nobody can answer");
  });
});
