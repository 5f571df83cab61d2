import { writeFileSync } from "node:fs";
import type { ServerRow } from "agentscope-distributed-daemon/protocol";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { asStudio, DaemonProcess, StateFolder } from "../processes/daemonProcess.js";
import { isAlive } from "../processes/processTable.js";
import { scriptPath } from "../processes/script.js";
import { TemporaryFolder } from "../processes/temporaryFolder.js";
import { until } from "../processes/until.js";
import { Terminal } from "./terminal.js";

// Each starts half a dozen processes one after the other.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

let state: StateFolder;
let folder: TemporaryFolder;
let daemon: DaemonProcess;
let next: DaemonProcess | undefined;
let terminal: Terminal;

beforeEach(async () => {
  state = await StateFolder.make();
  folder = await TemporaryFolder.make();
  daemon = await DaemonProcess.start(state);
  next = undefined;
  terminal = new Terminal(state);
});

afterEach(async () => {
  const { runs } = await terminal.overview();
  for (const run of runs) if (run.state === "running") await asStudio(state, "stop", run.runId);
  await terminal[Symbol.asyncDispose]();
  await asStudio(state, "stop", "--force");
  await next?.[Symbol.asyncDispose]();
  await daemon[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
  await state[Symbol.asyncDispose]();
});

async function killDaemon(): Promise<void> {
  daemon.kill("SIGKILL");
  await daemon.ended;
  await terminal.forgets();
}

const touch = (name: string) => writeFileSync(folder.file(name), "");
const startHeldUp = async () =>
  (await terminal.types("run", "--target", "child", "--detach", scriptPath("heldUp"), folder.path)).trim();
const outputOf = (runId: string) => terminal.types("logs", runId);

test("a script that is run by the daemon shows its output and ends with its exit code", async () => {
  const run = await asStudio(state, "run", scriptPath("plain"), "--code", "3", "one", "two words");
  expect(run.stdout).toBe("begun one+two words\nended\n");
  expect(run.stderr).toBe("as-studio: the run has failed: exit code 3\n");
  expect(run.end).toEqual({ code: 3, signal: null });
  const { runs } = await terminal.overview();
  expect(runs).toMatchObject([
    { name: "plain.js", state: "failed", exitCode: 3, args: ["--code", "3", "one", "two words"] },
  ]);
  expect(await terminal.types("logs", "plain.js")).toBe(run.stdout);
  expect(await terminal.types("ps")).toMatch(/plain\.js +failed .* exit code 3/);
});

test("a run that is stopped ends, and says so", async () => {
  const runId = (await terminal.types("run", "--detach", scriptPath("plain"), "--until", folder.file("go"))).trim();
  const { runs } = await terminal.sees(({ runs: [run] }) => run?.state === "running", "the run");
  await terminal.types("stop", runId.slice(0, 8));
  expect((await terminal.overview()).runs).toMatchObject([{ runId, state: "stopped" }]);
  expect(isAlive(runs[0]?.pid ?? 0)).toBe(false);
  expect(await terminal.refused("stop", runId.slice(0, 8))).toContain("as-studio ps shows");
});

test("a run outlives a daemon that is killed, and the next one finds it within 3 s and sees its end", async () => {
  const runId = await startHeldUp();
  touch("start");
  const hasServers = (servers: ServerRow[]) => servers.filter((one) => one.runId === runId).length === 2;
  const before = await terminal.sees(
    ({ runs: [run], servers }) => (run?.openCalls ?? 0) >= 2 && hasServers(servers),
    "its calls and servers",
  );
  await killDaemon();
  next = await DaemonProcess.start(state);
  const found = performance.now();
  const after = await terminal.sees(
    ({ runs: [run], servers }) => run?.state === "running" && hasServers(servers),
    "the run and its servers",
  );
  expect(performance.now() - found).toBeLessThan(3000);
  expect(after.runs[0]?.pid).toBe(before.runs[0]?.pid);
  expect(after.servers.map((one) => one.instance).sort()).toEqual(before.servers.map((one) => one.instance).sort());

  touch("go");
  const ended = await terminal.sees(({ runs: [run] }) => run?.state !== "running", "its end");
  expect(ended.runs).toMatchObject([{ runId, state: "succeeded", exitCode: 0, failedCalls: 0 }]);
  expect(await outputOf(runId)).toContain("said A(ready?)\n");
});

test("a run that ends while there is no daemon is told by the next one as it ended", async () => {
  const go = folder.file("go");
  const runId = (await terminal.types("run", "--detach", scriptPath("plain"), "--until", go, "--code", "4")).trim();
  const { runs } = await terminal.sees(({ runs: [run] }) => run?.state === "running", "the run");
  await killDaemon();
  touch("go");
  await until(() => !isAlive(runs[0]?.pid ?? 0), { timeoutMs: 10_000, what: "the end of the script" });
  next = await DaemonProcess.start(state);
  const ended = await terminal.sees(({ runs: [run] }) => run?.state !== "running", "its end");
  expect(ended.runs).toMatchObject([{ runId, state: "failed", exitCode: 4 }]);
  expect(await outputOf(runId)).toBe("begun \nended\n");
});

test("why an agent waits is told along the chain, to the agent whose turn runs", async () => {
  await startHeldUp();
  // Servers that have come to the daemon tell it of their calls.
  await terminal.sees(({ servers }) => servers.filter((one) => one.state === "ready").length === 2, "the servers");
  touch("start");
  const why = await until(
    async () => {
      const text = await terminal.types("why", "D").catch(() => "");
      return /A: its turn has run/.test(text) && text;
    },
    { timeoutMs: 20_000, what: "the whole chain" },
  );
  expect(why).toMatch(
    /^D waits for the result of C .*\n└ C: its turn has run for .*; it has called A and has no result yet/,
  );
  expect(why.trimEnd().split("\n").at(-1)).toMatch(/└ A: its turn has run for [^;]*  \[127\.0\.0\.1:\d+\]$/);
  expect(await terminal.refused("why", "nobody")).toContain('there is no agent "nobody"');
  touch("go");
  await terminal.sees(({ runs: [run] }) => run?.state === "succeeded", "its end");
});

test("a question of an agent in a run without a terminal is answered from another", async () => {
  const runId = (await terminal.types("run", "--detach", scriptPath("interview"), "local")).trim();
  const { questions } = await terminal.sees(({ questions: open }) => open.length > 0, "the question");
  expect(questions).toMatchObject([{ runId, agent: "U0", prompt: "host: Who are you?" }]);
  expect(await terminal.types("answer")).toMatch(/QUESTION .*\n.* U0 /);
  expect(await terminal.refused("answer", "U7", "me")).toContain('there is no open question "U7"; as-studio answer');
  await terminal.types("answer", "U0", "a person far away");
  await terminal.sees(({ runs: [run] }) => run?.state === "succeeded", "the end");
  expect(await outputOf(runId)).toContain('"content":"a person far away"');
  expect(await terminal.types("answer")).toBe("no questions are open\n");
});

test("a question is asked again after the daemon was killed, and answered then", async () => {
  const runId = (await terminal.types("run", "--detach", scriptPath("interview"), "local")).trim();
  await terminal.sees(({ questions }) => questions.length > 0, "the question");
  await killDaemon();
  next = await DaemonProcess.start(state);
  const { questions } = await terminal.sees((seen) => seen.questions.length > 0, "the question again");
  await terminal.types("answer", questions[0]?.questionId ?? "", "still here");
  await terminal.sees(({ runs: [run] }) => run?.state === "succeeded", "the end");
  expect(await outputOf(runId)).toContain('"content":"still here"');
});
