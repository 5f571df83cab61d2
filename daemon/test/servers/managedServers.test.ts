import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { identify, isRunning, type ProcessIdentity } from "../../src/processes/processIdentity.js";
import { until } from "../until.js";
import { FakeServer } from "./fakeServer.js";
import { TestServers } from "./testServers.js";

/** Processes are started, and a busy machine takes its time. */
const slowMachine = { timeout: 30_000 };

let daemon: TestServers;

const restartLimits = { firstPauseMs: 20, longestPauseMs: 80, limit: 3 };

beforeEach(() => {
  daemon = new TestServers({ restartLimits });
});
afterEach(() => daemon[Symbol.asyncDispose]());

/** A workspace with an SDK of its own, whose `as-server` is this program. It does not speak to the daemon: the test does for it. */
function workspace(program: string): string {
  const folder = join(daemon.folder, "workspace");
  const sdk = join(folder, "node_modules", "agentscope-distributed");
  mkdirSync(sdk, { recursive: true });
  writeFileSync(
    join(sdk, "package.json"),
    JSON.stringify({ name: "agentscope-distributed", version: "9.9.9", bin: { "as-server": "./server.cjs" } }),
  );
  writeFileSync(join(sdk, "server.cjs"), program);
  return folder;
}

const waits = "console.error('listening', process.argv.slice(2).join(' ')); setInterval(() => {}, 1000);";
const lines = () => daemon.log.tail("one", 100).map(({ text }) => text);

/** The process that the store knows, once it is another than the one before. */
async function started(before?: number): Promise<ProcessIdentity> {
  await until(() => daemon.store.managedServers.all().some(({ pid }) => pid !== before), {
    timeoutMs: 15_000,
    what: "the process",
  });
  return identify(daemon.store.managedServers.all()[0]?.pid ?? 0) as ProcessIdentity;
}

/** Starts one, and attaches in its process's place. */
async function startOne(program = waits): Promise<{ server: FakeServer; process: ProcessIdentity }> {
  const row = daemon.servers.start({ cwd: workspace(program), serverId: "one" });
  const process = await started();
  await until(() => lines().length > 0, { timeoutMs: 15_000, what: "its first words" });
  const server = new FakeServer({ serverId: "one", kind: "managed", pid: process.pid });
  await server.attach(daemon.servers, [["a", "Anna", "Echo", ""]]);
  expect(await row).toMatchObject({ kind: "managed", state: "ready", cwd: join(daemon.folder, "workspace") });
  await until(() => daemon.servers.row("one")?.agents === 1, { what: "its agent" });
  return { server, process };
}

describe("a server that the daemon starts", slowMachine, () => {
  test("keeps its place while it is away: nobody registers there", async () => {
    const { server, process } = await startOne();
    server.disconnect();
    await until(() => daemon.servers.row("one")?.state === "unreachable", { what: "that it is away" });
    const register = daemon.servers.registerByHttp({ serverId: "one", host: "127.0.0.1", port: 1 });
    await expect(register).rejects.toThrow("taken");
    using again = new FakeServer({ serverId: "one", kind: "managed", pid: process.pid });
    await again.attach(daemon.servers);
    expect(daemon.servers.row("one")).toMatchObject({ kind: "managed", state: "ready" });
  });

  test("runs the workspace's own SDK, and its words are in the log", async () => {
    using _server = (await startOne()).server;
    expect(lines().join()).toMatch(
      /listening start --managed --server-id one --token-file \S+ --host 127.0.0.1 --port 0/,
    );
    expect(daemon.servers.busy).toBe(true);
  });

  test("that can't be started is told with its last words, and is not tried again", async () => {
    const cwd = workspace("console.error('no room today'); process.exit(3)");
    await expect(daemon.servers.start({ cwd, serverId: "one" })).rejects.toThrow(
      "one could not be started: exit code 3; its last words: no room today",
    );
    expect(daemon.servers.row("one")).toMatchObject({ state: "crashed", restarts: 0 });
    expect(daemon.store.managedServers.all()).toEqual([]);
    await expect(daemon.servers.start({ cwd: "/no/such/folder" })).rejects.toThrow("no folder /no/such/folder");
  });

  test("that crashes is started again, shows why, and has lost its agents", async () => {
    const { server, process: first } = await startOne();
    const states: (string | undefined)[] = [];
    daemon.servers.changed.on(() => states.push(daemon.servers.row("one")?.state));
    process.kill(first.pid, "SIGKILL");
    server.disconnect();
    const next = await started(first.pid);
    expect(states).toContain("crashed");
    expect(daemon.servers.row("one")).toMatchObject({ state: "starting", restarts: 1, agents: 0 });
    using again = new FakeServer({ serverId: "one", kind: "managed", pid: next.pid });
    await again.attach(daemon.servers);
    expect(daemon.servers.row("one")).toMatchObject({ state: "ready", pid: next.pid });
    expect((await daemon.servers.agents({ offset: 0, limit: 9 })).rows).toMatchObject([{ agentId: "a", lost: true }]);
    expect(lines().join()).toContain("it crashed (signal SIGKILL");
  });

  test("that crashes again and again is given up, and says so", async () => {
    const { server, process: first } = await startOne();
    writeFileSync(join(workspace(""), "node_modules/agentscope-distributed/server.cjs"), "process.exit(7)");
    process.kill(first.pid, "SIGKILL");
    server.disconnect();
    await until(() => daemon.servers.row("one")?.detail?.includes("not started again") === true, {
      timeoutMs: 10_000,
      what: "the daemon to give up",
    });
    expect(daemon.servers.row("one")).toMatchObject({ state: "crashed", restarts: 3 });
    expect(daemon.servers.busy).toBe(false);
    daemon.servers.forget("one");
    expect(daemon.servers.rows()).toEqual([]);
  });

  test("is stopped with all that it started, and is not started again", async () => {
    const { process: first } = await startOne(`
      const { spawn } = require("node:child_process");
      const child = spawn(process.execPath, ["-e", "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log()"], { detached: true, stdio: ["ignore", "pipe", "ignore"] });
      child.stdout.once("data", () => console.log("below", child.pid));
      setInterval(() => {}, 1000);
    `);
    const below = identify(Number(/below (\d+)/.exec(lines().join())?.[1])) as ProcessIdentity;
    expect(isRunning(below)).toBe(true);
    await daemon.servers.stop("one");
    expect([isRunning(first), isRunning(below)]).toEqual([false, false]);
    expect(daemon.servers.row("one")).toMatchObject({ state: "stopped", agents: 0 });
    expect(daemon.store.managedServers.all()).toEqual([]);
  });

  test("has its id for itself while it runs", async () => {
    using _server = (await startOne()).server;
    using other = new FakeServer({ serverId: "one", kind: "independent", pid: process.ppid });
    await expect(other.attach(daemon.servers)).rejects.toThrow("another server");
    await expect(daemon.servers.start({ cwd: daemon.folder, serverId: "one" })).rejects.toThrow("choose another id");
  });
});

describe("a daemon that is started again", slowMachine, () => {
  test("finds the server that runs, and waits for it", async () => {
    const { server, process: first } = await startOne();
    daemon.abandon();
    daemon = new TestServers({ restartLimits, folder: daemon.folder });
    await daemon.servers.recover();
    expect(daemon.servers.row("one")).toMatchObject({ kind: "managed", state: "unreachable" });
    using again = server;
    await again.attach(daemon.servers, [["a", "Anna", "Echo", ""]]);
    await until(() => daemon.servers.row("one")?.agents === 1, { what: "its agent" });
    expect(daemon.servers.row("one")).toMatchObject({ state: "ready", pid: first.pid, restarts: 0 });
    // It is watched as if this daemon had started it.
    process.kill(first.pid, "SIGKILL");
    again.disconnect();
    expect((await started(first.pid)).pid).not.toBe(first.pid);
  });

  test("starts the server again that has ended meanwhile, also when its number is another process's by now", async () => {
    const { server, process: first } = await startOne();
    server.disconnect();
    daemon.abandon();
    process.kill(first.pid, "SIGKILL");
    await until(() => !isRunning(first), { what: "the end of the process" });
    daemon = new TestServers({ restartLimits, folder: daemon.folder });
    const [stored] = daemon.store.managedServers.all();
    if (stored !== undefined) daemon.store.managedServers.save({ ...stored, pid: process.pid });
    await daemon.servers.recover();
    expect(daemon.servers.row("one")).toMatchObject({ state: "crashed" });
    expect(isRunning(await started(process.pid))).toBe(true);
  });

  test("does not start one again that was there for a run", async () => {
    const options = { cwd: daemon.folder };
    const record = {
      serverId: "one",
      options,
      pid: 1,
      processMark: "another time",
      instance: "i",
      startedAtMs: 0,
      restarts: 0,
    };
    daemon.store.managedServers.save({ ...record, forRun: "r" });
    await daemon.servers.recover();
    expect(daemon.servers.rows()).toEqual([]);
    expect(daemon.store.managedServers.all()).toEqual([]);
  });
});
