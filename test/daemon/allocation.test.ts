import { availableParallelism } from "node:os";
import { listAgents, listRuns, listServers, type ServerRow, startServer } from "agentscope-distributed-daemon/protocol";
import type { Discovery } from "agentscope-distributed/studio";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AgentServer } from "../processes/agentServer.js";
import { asStudio, DaemonProcess, StateFolder } from "../processes/daemonProcess.js";
import { startScript } from "../processes/script.js";
import { until } from "../processes/until.js";
import { Editor } from "./editor.js";

let state: StateFolder;
let daemon: DaemonProcess;
let editor: Editor;

beforeEach(async () => {
  state = await StateFolder.make();
  daemon = await DaemonProcess.start(state);
  editor = await Editor.connect(found());
});
afterEach(async () => {
  await editor[Symbol.asyncDispose]();
  await asStudio(state, "stop", "--force");
  await daemon[Symbol.asyncDispose]();
  await state[Symbol.asyncDispose]();
});

function found(): Discovery {
  if (state.found === undefined) throw new Error("no daemon can be found");
  return state.found;
}

const studio = () => ({ ...state.env, AGENTSCOPE_STUDIO_URL: found().url });
const rows = (): Promise<ServerRow[]> => editor.ask(listServers, {});
/** How many of the script's four agents each process has. */
const shares = (pids: number[]) => pids.map((pid) => pids.filter((one) => one === pid).length);

test("agents of a script that name no server are spread over those that have their class, and shown there at once", async () => {
  const args = ["--studio-url", found().url, "--workers", "1"];
  await using first = await AgentServer.start([...args, "--server-id", "one"], { env: state.env });
  await using second = await AgentServer.start([...args, "--server-id", "two"], { env: state.env });
  await until(async () => (await rows()).filter(({ classes }) => classes?.includes("Echo") === true).length === 2, {
    timeoutMs: 15_000,
    what: "both servers with their classes",
  });
  const tree = await editor.watch({ topic: "tree" });
  await using script = startScript("allocated", { env: studio(), input: "open" });
  const pids = (await script.says("pids"))["pids"] as number[];
  expect(new Set(pids)).toEqual(new Set([first.pid, second.pid]));
  expect(shares(pids)).toEqual([2, 2, 2, 2]);
  // Servers tell of their agents in batches, ten times a second.
  const shown = await until(
    async () => {
      const page = await editor.ask(listAgents, { offset: 0, limit: 9 });
      return page.total === 4 && page;
    },
    { timeoutMs: 5000, what: "the agents" },
  );
  expect(shown.rows.map(({ name }) => name).toSorted()).toEqual(["agent 0", "agent 1", "agent 2", "agent 3"]);
  expect(new Set(shown.rows.map(({ runId }) => runId)).size).toBe(1);
  await editor.sees(tree, "tree", ({ runs }) => runs.some(({ agents }) => agents === 4));
  script.type("");
  await script.endsWithin(10_000);
});

test("where there is no server the daemon starts its own for the script, in its folder", async () => {
  await using script = startScript("allocated", { env: studio(), input: "open" });
  const said = await script.says("pids", 60_000);
  const pids = said["pids"] as number[];
  const managed = await rows();
  expect(managed).toHaveLength(Math.min(4, availableParallelism()));
  expect(managed.every(({ kind, cwd }) => kind === "managed" && cwd === process.cwd())).toBe(true);
  expect(new Set(pids)).toEqual(new Set(managed.map(({ pid }) => pid)));
  script.type("");
  await script.endsWithin(10_000);
});

test("a run that comes after another gets its own servers, in the place of those with the other's agents", async () => {
  const runOnce = async () => {
    await using script = startScript("allocated", { env: studio(), input: "open" });
    const pids = (await script.says("pids", 60_000))["pids"] as number[];
    const servers = await rows();
    script.type("");
    await script.endsWithin(10_000);
    return { pids: new Set(pids), servers };
  };
  const first = await runOnce();
  await until(
    async () => (await editor.ask(listRuns, { offset: 0, limit: 9 })).rows.every((run) => run.state !== "running"),
    {
      timeoutMs: 15_000,
      what: "the end of the run",
    },
  );
  // What its agents remember can be looked at meanwhile. Servers tell of their agents in batches.
  await until(async () => (await editor.ask(listAgents, { offset: 0, limit: 9 })).total === 4, {
    timeoutMs: 15_000,
    what: "the agents of the run that has ended",
  });
  const second = await runOnce();
  const most = Math.min(4, availableParallelism());
  expect([first.servers.length, second.servers.length]).toEqual([most, most]);
  expect(second.servers.every(({ kind }) => kind === "managed")).toBe(true);
  expect(second.pids).toEqual(new Set(second.servers.map(({ pid }) => pid)));
  expect([...second.pids].filter((pid) => first.pids.has(pid))).toEqual([]);
});

test("a server that the run target names is entered with the token that the daemon knows, and learns the class", async () => {
  const [named] = await Promise.all([1, 2].map(() => editor.ask(startServer, { cwd: process.cwd(), workers: 1 })));
  if (named === undefined) throw new Error("no server was started");
  expect(named).toMatchObject({ access: "token", classes: [] });
  const env = { ...studio(), AGENTSCOPE_TARGET: `${named.host}:${named.port}` };
  await using script = startScript("allocated", { env, input: "open" });
  const pids = (await script.says("pids"))["pids"] as number[];
  expect(pids).toEqual([named.pid, named.pid, named.pid, named.pid]);
});
