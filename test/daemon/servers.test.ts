import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Msg, RpcAgentClient } from "agentscope-distributed";
import {
  connectServer,
  forgetServer,
  listAgents,
  listServers,
  resourceHistory,
  type ServerRow,
  startServer,
  stopServer,
} from "agentscope-distributed-daemon/protocol";
import type { Discovery } from "agentscope-distributed/studio";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Echo } from "../fixtures/agents/echo.js";
import { AgentServer, agentDir } from "../processes/agentServer.js";
import { asStudio, DaemonProcess, StateFolder } from "../processes/daemonProcess.js";
import { groupMembers, isAlive } from "../processes/processTable.js";
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

/** Kills the daemon, and starts one that listens where it did, as daemons do whose port is not chosen anew. */
async function restartDaemon(): Promise<void> {
  const { port } = new URL(found().url);
  daemon.kill("SIGKILL");
  await daemon.ended;
  daemon = await DaemonProcess.start(state, { args: ["--port", port] });
  editor = await Editor.connect(found());
}

async function rowOf(serverId: string): Promise<ServerRow | undefined> {
  return (await editor.ask(listServers, {})).find((row) => row.serverId === serverId);
}

/** A row, once it is as wanted. */
const sees = (serverId: string, fits: (row: ServerRow) => boolean, timeoutMs = 15_000) =>
  until(
    async () => {
      const row = await rowOf(serverId);
      return row !== undefined && fits(row) && row;
    },
    { timeoutMs, what: `the wanted state of ${serverId}` },
  );

const managedOptions = () => ({ cwd: process.cwd(), serverId: "managed", agentDir, workers: 1 });
/** One that registers itself with the daemon of this test. */
const independent = (serverId: string, ...args: string[]) =>
  AgentServer.start(["--server-id", serverId, "--workers", "1", ...args], { env: state.env });
const clientOf = ({ host, port }: { host: string; port: number }, token?: string) =>
  new RpcAgentClient({ host, port, ...(token !== undefined && { token }) });
/** What callers of managed servers must show. */
const managedToken = () => readFileSync(join(state.path, "server-token"), "utf8").trim();

describe("a managed server", () => {
  test("is there with its classes, is entered with a token alone, and ends with all it started", async () => {
    const row = await editor.ask(startServer, managedOptions());
    expect(row).toMatchObject({ serverId: "managed", kind: "managed", state: "ready", access: "token" });
    expect(row.classes).toContain("Echo");
    const pid = row.pid as number;
    expect(await clientOf(row).isAlive()).toBe(false);
    await using client = clientOf(row, managedToken());
    await client.createAgent({ className: "Echo", config: { name: "Anna" } });
    await sees("managed", ({ agents }) => agents === 1);
    await until(async () => (await editor.ask(resourceHistory, { serverId: "managed" })).length > 1, {
      timeoutMs: 10_000,
      what: "samples of its resources",
    });
    await editor.ask(stopServer, { serverId: "managed" });
    expect(groupMembers(pid)).toEqual([]);
    expect(await rowOf("managed")).toMatchObject({ state: "stopped", agents: 0 });
  });

  test("that is killed is seen crashed within a second, is started again, and its agents are shown as lost", async () => {
    const row = await editor.ask(startServer, managedOptions());
    await using client = clientOf(row, managedToken());
    await client.createAgent({ agentId: "anna", className: "Echo", config: { name: "Anna" } });
    await sees("managed", ({ agents }) => agents === 1);
    const tree = await editor.watch({ topic: "tree" });
    process.kill(row.pid as number, "SIGKILL");
    const killedAt = performance.now();
    await editor.sees(tree, "tree", ({ servers }) => servers.some((one) => one.state === "crashed"));
    expect(performance.now() - killedAt).toBeLessThan(1000);
    const again = await sees("managed", (one) => one.state === "ready");
    expect(again).toMatchObject({ restarts: 1, agents: 0 });
    expect(again.pid).not.toBe(row.pid);
    expect((await editor.ask(listAgents, { serverId: "managed", offset: 0, limit: 9 })).rows).toMatchObject([
      { agentId: "anna", name: "Anna", lost: true },
    ]);
  });
});

describe("an independent server", () => {
  test("registers itself, and is the same row when it comes back", async () => {
    const { url } = found();
    await using first = await independent("mine", "--studio-url", url);
    await sees("mine", (row) => row.state === "ready" && row.classes?.includes("Echo") === true);
    await first.crash();
    await sees("mine", (row) => row.state === "unreachable", 1000);
    await using second = await independent("mine", "--studio-url", url);
    const row = await sees("mine", ({ state: now }) => now === "ready");
    expect(row).toMatchObject({ kind: "independent", port: second.port, pid: second.pid });
    expect(await editor.ask(listServers, {})).toHaveLength(1);
  });

  test("with the id of one that is there is told so, and serves on without the daemon", async () => {
    const { url } = found();
    await using first = await independent("mine", "--studio-url", url);
    await sees("mine", (row) => row.state === "ready");
    await using second = await independent("mine", "--studio-url", url);
    await until(() => second.stderr.includes("another --server-id"), { timeoutMs: 10_000, what: "the advice" });
    expect(await clientOf(second.at).isAlive()).toBe(true);
    expect(await rowOf("mine")).toMatchObject({ pid: first.pid, state: "ready" });
  });

  test("is stopped when a person wants it", async () => {
    await using server = await independent("mine", "--studio-url", found().url);
    await sees("mine", (row) => row.state === "ready");
    await editor.ask(stopServer, { serverId: "mine" });
    await server.endsWithin(15_000);
    expect(await rowOf("mine")).toMatchObject({ state: "stopped" });
  });
});

describe("a remote server", () => {
  test("is taken in by host and port, shown with its agents, and forgotten", async () => {
    await using server = await AgentServer.start(["--server-id", "far"], { env: { AGENTSCOPE_STUDIO_URL: "off" } });
    await using client = clientOf(server.at);
    await client.createAgent({ agentId: "anna", className: "Echo", config: { name: "Anna" } });
    expect(await editor.ask(connectServer, server.at)).toMatchObject({ serverId: "far", kind: "remote", agents: 1 });
    await server.crash();
    await sees("far", (row) => row.state === "unreachable");
    await editor.ask(forgetServer, { serverId: "far" });
    expect(await rowOf("far")).toBeUndefined();
    await expect(editor.ask(connectServer, server.at)).rejects.toThrow(`${server.port}`);
  });
});

describe("a server that is reached through the daemon", () => {
  test("answers there, also after the daemon was killed and started again, at the same address", async () => {
    await using server = await independent("hidden", "--via-studio", found().url);
    const row = await sees("hidden", ({ state: now }) => now === "ready");
    expect(row.viaStudio).toBe(true);
    await using client = clientOf(row);
    await client.createAgent({ agentId: "anna", className: "Echo", config: { name: "Anna" } });
    await sees("hidden", ({ agents }) => agents === 1);
    await restartDaemon();
    const again = await sees("hidden", ({ state: now, agents }) => now === "ready" && agents === 1, 3000);
    expect(again).toMatchObject({ host: row.host, port: row.port });
    await using other = clientOf(again);
    expect((await other.getAgentList()).map(({ agent_id: id }) => id)).toEqual(["anna"]);
    expect(server.end).toBeUndefined();
  });

  test("finishes the calls of a script that were made before and while the daemon was away", {
    timeout: 60_000,
  }, async () => {
    await using _server = await independent("hidden", "--via-studio", found().url);
    const { host, port } = await sees("hidden", ({ state: now }) => now === "ready");
    const echo = new Echo({ name: "Anna" }).toDist({ host, port });
    const say = (content: number) => echo(new Msg({ name: "test", content, role: "user" }));
    expect(await say(0).content).toBe(0);
    const { port: daemonPort } = new URL(found().url);
    daemon.kill("SIGKILL");
    await daemon.ended;
    const answers = Array.from({ length: 20 }, (_, at) => say(at).content);
    // What a script sees of it: the port is closed, for longer than a server that is gone is waited for.
    await pause(1000);
    daemon = await DaemonProcess.start(state, { args: ["--port", daemonPort] });
    editor = await Editor.connect(found());
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 20 }, (_, at) => at));
    expect(await say(21).content).toBe(21);
  });
});

test("a killed daemon costs no server its life, and the next one finds them all within three seconds", async () => {
  const managed = await editor.ask(startServer, managedOptions());
  await using mine = await independent("mine", "--studio-url", found().url);
  await using far = await AgentServer.start(["--server-id", "far"], { env: { AGENTSCOPE_STUDIO_URL: "off" } });
  await editor.ask(connectServer, far.at);
  await using client = clientOf(managed, managedToken());
  await client.createAgent({ agentId: "anna", className: "Echo", config: { name: "Anna" } });
  await sees("managed", ({ agents }) => agents === 1);
  await restartDaemon();
  for (const [serverId, pid] of [
    ["managed", managed.pid],
    ["mine", mine.pid],
    ["far", far.pid],
  ] as const) {
    expect(await sees(serverId, (row) => row.state === "ready", 3000)).toMatchObject({ pid, restarts: 0 });
  }
  expect(await rowOf("managed")).toMatchObject({ kind: "managed", agents: 1 });
  // It is kept running as before.
  process.kill(managed.pid as number, "SIGKILL");
  const again = await sees("managed", (row) => row.restarts === 1 && row.state === "ready");
  expect(isAlive(again.pid as number)).toBe(true);
});
