import { writeFileSync } from "node:fs";
import { RpcAgentClient } from "agentscope-distributed";
import {
  agentMemory,
  type AgentRow,
  listAgents,
  listServers,
  type ServerRow,
  stopServer,
} from "agentscope-distributed-daemon/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AgentServer, agentDir, asServerCommand } from "../processes/agentServer.js";
import { DaemonProcess, StateFolder } from "../processes/daemonProcess.js";
import { startScript } from "../processes/script.js";
import { StartedProcess } from "../processes/startedProcess.js";
import { TemporaryFolder } from "../processes/temporaryFolder.js";
import { until } from "../processes/until.js";
import { Editor } from "./editor.js";

// Many processes: a busy machine takes its time.
vi.setConfig({ testTimeout: 60_000 });

let state: StateFolder;
let daemon: DaemonProcess;
let editor: Editor;

beforeEach(async () => {
  state = await StateFolder.make();
  await startDaemon();
});

afterEach(async () => {
  await editor[Symbol.asyncDispose]();
  await daemon[Symbol.asyncDispose]();
  await state[Symbol.asyncDispose]();
});

async function startDaemon(port = "0"): Promise<void> {
  daemon = await DaemonProcess.start(state, { args: ["--port", port] });
  if (state.found === undefined) throw new Error("the daemon can't be found");
  editor = await Editor.connect(state.found);
}

const url = () => state.found?.url ?? "";
const rows = () => editor.ask(listServers, {});

/** A row of the list, once it is as it should be. */
function shown(is: (row: ServerRow) => boolean, what: string): Promise<ServerRow> {
  return until(async () => (await rows()).find(is), { timeoutMs: 10_000, what });
}

async function agentsOf(serverId: string): Promise<AgentRow[]> {
  return (await editor.ask(listAgents, { serverId, offset: 0, limit: 100 })).rows;
}

/** A machine that is loaded makes servers busy that have nothing to do. */
const isThere = ({ state: now }: ServerRow) => now === "ready" || now === "busy";

const noDaemon = { AGENTSCOPE_STATE_DIR: "/nowhere" };

describe("as-server --studio-url", () => {
  test("registers the server, with its classes and agents, and does what the daemon asks", async () => {
    await using server = await AgentServer.start(["--studio-url", url(), "--server-id", "mine"], { env: state.env });
    const row = await shown(({ classes }) => classes?.includes("Echo") === true, "the server, with its classes");
    expect(row).toMatchObject({ serverId: "mine", kind: "independent", pid: server.pid, ...server.at });
    await using script = startScript("echoOnce", { args: [server.host, String(server.port)], env: noDaemon });
    await script.says("content");
    const [agent] = await until(async () => ((await agentsOf("mine")).length > 0 ? agentsOf("mine") : undefined), {
      timeoutMs: 5000,
      what: "the agent",
    });
    expect(agent).toMatchObject({ name: "E", className: "Echo", lost: false });
    const { agentId = "" } = agent ?? {};
    const page = await editor.ask(agentMemory, { serverId: "mine", agentId, offset: 0, limit: 10 });
    expect(page).toEqual({ total: 0, offset: 0, rows: [] });
    await editor.ask(stopServer, { serverId: "mine" });
    expect(await server.endsWithin(15_000)).toEqual({ code: 0, signal: null });
  });

  test("a server that is interrupted is stopped, one that is killed is not", async () => {
    await using interrupted = await AgentServer.start(["--studio-url", url(), "--server-id", "one"], {
      env: state.env,
    });
    await using killed = await AgentServer.start(["--studio-url", url(), "--server-id", "two"], { env: state.env });
    await shown(({ serverId }) => serverId === "one", "the one server");
    await shown(({ serverId }) => serverId === "two", "the other server");
    interrupted.kill("SIGINT");
    killed.kill("SIGKILL");
    await shown((row) => row.serverId === "one" && row.state === "stopped", "the end of the one");
    const lost = await shown((row) => row.serverId === "two" && row.state === "unreachable", "the end of the other");
    expect(lost.pid).toBe(killed.pid);
  });

  test("the environment names the daemon as well, and `off` none", async () => {
    const named = { ...state.env, AGENTSCOPE_STUDIO_URL: url() };
    await using _server = await AgentServer.start(["--server-id", "named"], { env: named });
    await shown(({ serverId }) => serverId === "named", "the server");
    const off = { ...state.env, AGENTSCOPE_STUDIO_URL: "off" };
    await using other = await AgentServer.start(["--server-id", "other"], { env: off });
    await using client = new RpcAgentClient(other.at);
    await client.getServerInfo();
    expect((await rows()).map(({ serverId }) => serverId)).toEqual(["named"]);
  });

  test("a wrong token is told once with what to do, and the server runs all the same", async () => {
    await using folder = await TemporaryFolder.make();
    writeFileSync(folder.file("token"), "another");
    const args = ["--studio-url", url(), "--studio-token-file", folder.file("token")];
    await using server = await AgentServer.start(args, { env: noDaemon });
    await until(() => server.stderr.includes("AGENTSCOPE_STUDIO_TOKEN"), { timeoutMs: 5000, what: "the warning" });
    expect(server.stderr.match(/lets nobody in/g)).toHaveLength(1);
    await using client = new RpcAgentClient(server.at);
    expect(await client.isAlive()).toBe(true);
    expect(await rows()).toEqual([]);
  });

  test("a url that is none is refused at the start", async () => {
    await using server = new StartedProcess(asServerCommand, { args: ["--port", "0", "--studio-url", "studio:5000"] });
    expect(await server.endsWithin(10_000)).toEqual({ code: 1, signal: null });
    expect(server.stderr).toContain('the studio url is "studio:5000"; it must be http://HOST:PORT');
  });

  test("an id that another server has is told once, and taken as soon as it is free", async () => {
    const args = ["--studio-url", url(), "--server-id", "same"];
    await using first = await AgentServer.start(args, { env: state.env });
    await shown(({ pid }) => pid === first.pid, "the first");
    await using second = await AgentServer.start(args, { env: state.env });
    await until(() => second.stderr.includes("another --server-id"), { timeoutMs: 5000, what: "the warning" });
    await first.crash();
    const row = await shown((one) => one.pid === second.pid && isThere(one), "the second in its place");
    expect(row.serverId).toBe("same");
    expect(second.stderr.match(/another --server-id/g)).toHaveLength(1);
  });
});

test("a server comes back to a daemon that was killed and started again, as the same row and with its agents", async () => {
  await using server = await AgentServer.start(["--studio-url", url(), "--server-id", "stays"], { env: state.env });
  await using script = startScript("echoOnce", { args: [server.host, String(server.port)], env: noDaemon });
  await script.says("content");
  const before = await shown(({ agents }) => agents === 1, "the server with its agent");
  const former = url();
  await editor[Symbol.asyncDispose]();
  daemon.kill("SIGKILL");
  await daemon.ended;
  await startDaemon(new URL(former).port);
  const start = performance.now();
  const after = await shown((one) => one.agents === 1 && isThere(one), "the server again");
  expect(performance.now() - start).toBeLessThan(3000);
  expect(after).toMatchObject({ serverId: "stays", instance: before.instance, pid: server.pid });
});

test("a server to be reached through a daemon that is not there waits for it, and is ready when it comes", async () => {
  const former = url();
  const token = state.found?.token ?? "";
  await editor[Symbol.asyncDispose]();
  daemon.kill("SIGKILL");
  await daemon.ended;
  await using server = new StartedProcess(asServerCommand, {
    args: ["--port", "0", "--agent-dir", agentDir, "--via-studio", former, "--server-id", "behind"],
    env: { ...noDaemon, AGENTSCOPE_STUDIO_TOKEN: token },
  });
  await until(() => server.stderr.includes("no daemon can be reached"), { timeoutMs: 10_000, what: "the warning" });
  expect(server.said).toEqual([]);
  await startDaemon(new URL(former).port);
  const { host, port } = await server.says("event");
  await shown((one) => one.viaStudio && isThere(one), "the server");
  await using script = startScript("echoOnce", { args: [String(host), String(port)], env: noDaemon });
  expect(await script.says("content")).toEqual({ content: "hello" });
  // Nothing of the way through the daemon keeps it.
  expect(await script.endsWithin(15_000)).toEqual({ code: 0, signal: null });
});

test("a server that a program launches registers where the environment says", async () => {
  await using script = startScript("agentServer", {
    args: ["process"],
    env: { ...state.env, AGENTSCOPE_STUDIO_URL: url() },
  });
  const { port } = await script.says("port");
  const row = await shown(({ kind }) => kind === "independent", "the server");
  expect(row).toMatchObject({ port, classes: ["Player", "Echo"] });
});

test("the children of a script that finds a daemon are in the list, with those that its agents start, until it ends", {
  timeout: 90_000,
}, async () => {
  await using folder = await TemporaryFolder.make();
  await using script = startScript("family", { args: ["none", "wait", folder.file("log")], env: state.env });
  const { pids } = (await script.says("pids", 60_000)) as { pids: number[] };
  const [silent, nester, inner] = pids;
  const children = await until(
    async () => {
      const found = (await rows()).filter(({ kind }) => kind === "child");
      return found.some(({ pid }) => pid === inner) && found.length >= 4 ? found : undefined;
    },
    { timeoutMs: 10_000, what: "the children" },
  );
  expect(children.map(({ pid }) => pid)).toEqual(expect.arrayContaining([silent, nester, inner]));
  expect(children.every((child) => child.access === "token" && isThere(child))).toBe(true);
  const ofScript = children.filter(({ pid }) => pid === silent || pid === nester);
  expect(new Set(ofScript.map(({ runId }) => runId)).size).toBe(1);
  expect(ofScript[0]?.runId).toBeTypeOf("string");
  script.kill("SIGKILL");
  await until(async () => (await rows()).every((one) => one.kind !== "child" || !isThere(one)), {
    timeoutMs: 10_000,
    what: "the end of the children",
  });
});
