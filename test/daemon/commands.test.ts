import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { asStudio, asStudioProcess, DaemonProcess, StateFolder } from "../processes/daemonProcess.js";
import { scriptPath } from "../processes/script.js";
import { Terminal } from "./terminal.js";

// Each starts half a dozen processes one after the other.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

let state: StateFolder;
let daemon: DaemonProcess;
let terminal: Terminal;

beforeEach(async () => {
  state = await StateFolder.make();
  daemon = await DaemonProcess.start(state);
  terminal = new Terminal(state);
});

afterEach(async () => {
  const { runs } = await terminal.overview();
  for (const run of runs) if (run.state === "running") await asStudio(state, "stop", run.runId);
  await terminal[Symbol.asyncDispose]();
  await asStudio(state, "stop", "--force");
  await daemon[Symbol.asyncDispose]();
  await state[Symbol.asyncDispose]();
});

/** A run with an agent on a child server, which asks a person. */
async function startInterview(): Promise<string> {
  const runId = (await terminal.types("run", "--target", "child", "--detach", scriptPath("interview"), "child")).trim();
  await terminal.sees(
    ({ questions, servers }) => questions.length > 0 && servers.some((server) => server.agents > 0),
    "the question and its agent",
  );
  return runId;
}

test("where there is nothing each command says so, and where there is no daemon how to start one", async () => {
  expect(await terminal.types("ps")).toBe("no servers\n\nno runs\n\nno questions are open\n");
  expect(await terminal.types("top", "--once")).toBe("no servers\n");
  expect(await terminal.types("answer", "--json")).toBe("[]\n");
  expect(await terminal.refused("memory", "Ann")).toContain('there is no agent "Ann"; as-studio ps shows');
  expect(await terminal.refused("logs", "Ann")).toContain('there is no server "Ann"');
  expect(await terminal.refused("run", "nowhere.js")).toContain("there is no script");
  await using nobody = await StateFolder.make();
  const { stderr, end } = await asStudio(nobody, "ps");
  expect(stderr).toContain("no daemon is running: as-studio starts one");
  expect(end?.code).toBe(1);
});

test("memory shows what an agent remembers, and goes on showing it", async () => {
  await startInterview();
  expect(await terminal.types("memory", "U0")).toMatch(/^host \(assistant, .*\)\n {2}Who are you\?\n$/);
  const messages = JSON.parse(await terminal.types("memory", "U0", "--json")) as unknown[];
  expect(messages).toMatchObject([{ name: "host", content: "Who are you?" }]);
  await using following = asStudioProcess(state, "memory", "U0", "--follow");
  await following.prints("Who are you?");
  following.kill("SIGINT");
  await following.endsWithin(10_000);
});

test("ps and top show the servers with what they use; agents that are meant by two names are told apart", async () => {
  const first = await startInterview();
  const { servers } = await terminal.sees(
    (seen) => seen.servers.every((one) => one.resources !== undefined),
    "samples",
  );
  const serverId = servers[0]?.serverId;
  expect(await terminal.types("ps")).toMatch(
    new RegExp(`${serverId} +child +\\w+ +127\\.0\\.0\\.1:\\d+ .* ${first.slice(0, 8)}`),
  );
  expect(await terminal.types("top", "--once")).toMatch(
    new RegExp(`^SERVER +STATE +CPU .*\\n${serverId} +\\w+ +\\d+%`),
  );
  await terminal.types("run", "--target", "child", "--detach", scriptPath("interview"), "child");
  await terminal.sees((seen) => seen.servers.reduce((sum, one) => sum + one.agents, 0) === 2, "two agents");
  expect(await terminal.refused("memory", "U0")).toMatch(
    /"U0" can mean each of these; type the id of one:\n( {2}\w+ on child-\w+\n){2}/,
  );
});

test("logs tells what happened, of everything or of one source", async () => {
  const { stdout } = await asStudio(state, "run", scriptPath("plain"));
  expect(stdout).toContain("ended");
  const { runs } = await terminal.overview();
  const all = await terminal.types("logs");
  expect(all).toMatch(/daemon: daemon .* listens on http/);
  expect(all).toContain(`${runs[0]?.runId}: plain.js was started`);
  expect(all).toContain(`${runs[0]?.runId}: plain.js has succeeded`);
  expect(await terminal.types("logs", "daemon", "-n", "1")).not.toContain("plain.js");
  await using following = asStudioProcess(state, "logs", "--follow", "-n", "1");
  await following.prints("plain.js has succeeded");
  await asStudio(state, "run", scriptPath("plain"), "--code", "1");
  await following.prints("plain.js has failed: exit code 1");
});

test("a database that is damaged is put aside, and the daemon works", async () => {
  await asStudio(state, "run", scriptPath("plain"));
  await terminal.forgets();
  await asStudio(state, "stop");
  await daemon.ended;
  writeFileSync(join(state.path, "studio.db"), "no database at all ".repeat(500));
  daemon = await DaemonProcess.start(state);
  expect((await terminal.overview()).runs).toEqual([]);
  expect(await terminal.types("logs", "daemon")).toMatch(/warning: .*unusable.* put aside as .*studio\.db\.damaged-/);
  await asStudio(state, "run", scriptPath("plain"));
  expect((await terminal.overview()).runs).toMatchObject([{ state: "succeeded" }]);
});
