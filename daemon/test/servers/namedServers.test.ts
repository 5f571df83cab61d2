import { readdirSync, readFileSync } from "node:fs";
import { studioErrorCode } from "agentscope-distributed/studio";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { until } from "../until.js";
import { PythonServer, pythonMessage } from "./pythonServer.js";
import { TestServers } from "./testServers.js";

/** Processes are started, and a busy machine takes its time. */
const slowMachine = { timeout: 30_000 };

let daemon: TestServers;
let python: PythonServer;

beforeEach(async () => {
  daemon = new TestServers();
  python = await PythonServer.start();
});
afterEach(async () => {
  await daemon[Symbol.asyncDispose]();
  await python[Symbol.asyncDispose]();
});

const at = () => ({ host: "127.0.0.1", port: python.port });
const stateOf = (serverId: string) => daemon.servers.row(serverId)?.state;
const slow = { timeoutMs: 10_000 };

describe("a server of AgentScope 0.1", slowMachine, () => {
  test("registers by id and address, and is asked for what it is, uses and has", async () => {
    python.addAgent("a", "Anna");
    expect(await daemon.servers.registerByHttp({ serverId: "py", ...at() })).toMatchObject({
      serverId: "py",
      kind: "independent",
      state: "ready",
      software: "AgentScope 0.1",
      instance: "",
      pid: 4242,
      resources: { cpuPercent: 0.5, memoryBytes: 91.5 * 1024 * 1024 },
      agents: 1,
    });
    expect((await daemon.servers.agents({ offset: 0, limit: 9 })).rows).toMatchObject([
      { agentId: "a", name: "Anna", className: "DialogAgent", lost: false },
    ]);
    python.addAgent("b", "Bob");
    await until(() => daemon.servers.row("py")?.agents === 2, { ...slow, what: "the new agent" });
    // Lists are asked for when the number of agents is another.
    expect(python.asked.filter((method) => method === "get_agent_list")).toHaveLength(2);
  });

  test("shows what its agents remember, and that a watched memory has grown or was replaced", async () => {
    python.addAgent("a", "Anna", [pythonMessage("1", "hello"), pythonMessage("2", "bye")]);
    await daemon.servers.registerByHttp({ serverId: "py", ...at() });
    expect(await daemon.servers.memory({ serverId: "py", agentId: "a", offset: 1, limit: 5 })).toMatchObject({
      total: 2,
      offset: 1,
      rows: [{ id: "2", content: "bye", name: "Anna", timestamp: "2024-10-01 12:00:00" }],
    });
    const heard: object[] = [];
    daemon.servers.memoryChanged.on((change) => heard.push(change));
    const leave = daemon.servers.watchMemory("py", "a");
    await until(() => heard.length === 1, { ...slow, what: "what there is" });
    python.agents[0]?.memory.push(pythonMessage("3", "again"));
    await until(() => heard.length === 2, { ...slow, what: "that it has grown" });
    python.agents[0]?.memory.shift();
    await until(() => heard.length === 3, { ...slow, what: "that it was replaced" });
    leave();
    expect(heard).toEqual([
      { serverId: "py", agentId: "a", total: 2, generation: 0 },
      { serverId: "py", agentId: "a", total: 3, generation: 0 },
      { serverId: "py", agentId: "a", total: 2, generation: 1 },
    ]);
    await expect(daemon.servers.memory({ serverId: "py", agentId: "x", offset: 0, limit: 1 })).rejects.toMatchObject({
      code: studioErrorCode.refused,
    });
  });

  test("has its agents deleted, and is stopped", async () => {
    for (const id of ["a", "b", "c"]) python.addAgent(id, id);
    await daemon.servers.registerByHttp({ serverId: "py", ...at() });
    await daemon.servers.deleteAgent("py", "a");
    expect(daemon.servers.row("py")?.agents).toBe(2);
    await daemon.servers.deleteAllAgents("py");
    expect(daemon.servers.row("py")?.agents).toBe(0);
    await daemon.servers.stop("py");
    expect(stateOf("py")).toBe("stopped");
    expect(daemon.store.remoteServers.all()).toEqual([]);
  });

  test("is the same row when it answers again; of another process, its agents were lost", async () => {
    python.addAgent("a", "Anna");
    await daemon.servers.registerByHttp({ serverId: "py", ...at() });
    const { port } = python;
    await python[Symbol.asyncDispose]();
    await until(() => stateOf("py") === "unreachable", { ...slow, what: "that it is gone" });
    python = await PythonServer.start(port);
    python.pid = 4243;
    await until(() => stateOf("py") === "ready", { ...slow, what: "that it is back" });
    expect((await daemon.servers.agents({ offset: 0, limit: 9 })).rows).toMatchObject([{ agentId: "a", lost: true }]);
  });

  test("is found again by a daemon that was started again: it does not register twice", async () => {
    await daemon.servers.registerByHttp({ serverId: "py", ...at() });
    daemon.abandon();
    daemon = new TestServers({ folder: daemon.folder });
    await daemon.servers.recover();
    await until(() => stateOf("py") === "ready", { ...slow, what: "the server" });
    expect(daemon.servers.row("py")?.kind).toBe("independent");
  });

  test("with an id that is taken is refused, but may register again", async () => {
    await daemon.servers.registerByHttp({ serverId: "py", ...at() });
    await expect(daemon.servers.registerByHttp({ serverId: "py", host: "127.0.0.1", port: 1 })).rejects.toThrow(
      "taken",
    );
    await daemon.servers.registerByHttp({ serverId: "py", ...at() });
    expect(daemon.servers.rows()).toHaveLength(1);
  });

  test("above the limit is refused by its name, those that are gone counted; who is there may register again", async () => {
    await daemon[Symbol.asyncDispose]();
    daemon = new TestServers({ maxRegistered: 2 });
    const gone = { host: "127.0.0.1", port: 1 };
    await daemon.servers.registerByHttp({ serverId: "py", ...at() });
    await daemon.servers.registerByHttp({ serverId: "gone", ...gone });
    const third = () => daemon.servers.registerByHttp({ serverId: "third", ...gone });
    await expect(third()).rejects.toMatchObject({
      code: studioErrorCode.limit,
      message: expect.stringContaining("--limit maxRegisteredServers=2") as string,
    });
    await daemon.servers.registerByHttp({ serverId: "py", ...at() });
    // Who is named by a person is not counted.
    await using named = await PythonServer.start();
    await daemon.servers.connect({ host: "127.0.0.1", port: named.port });
    // The limit holds for what the next daemon finds, too.
    daemon.abandon();
    daemon = new TestServers({ folder: daemon.folder, maxRegistered: 2 });
    await daemon.servers.recover();
    await expect(third()).rejects.toMatchObject({ code: studioErrorCode.limit });
    daemon.servers.forget("gone");
    expect(await third()).toMatchObject({ serverId: "third", state: "unreachable" });
  });

  test("is no place for agents of scripts in this language, but for its own callers", async () => {
    await daemon.servers.registerByHttp({ serverId: "py", ...at() });
    const [place] = await daemon.servers.allocate([{ className: "DialogAgent", builtIn: false }], {
      runId: "r",
      cwd: daemon.folder,
      isLocal: true,
    });
    expect(place).toMatchObject({ kind: "child" });
    expect(daemon.servers.leastLoaded()?.serverId).toBe("py");
  });
});

describe("a server that a person names", slowMachine, () => {
  test("keeps its place while it is away: nobody registers there; its token is kept nowhere", async () => {
    await daemon.servers.connect({ ...at(), token: "a-planted-secret" });
    await using other = await PythonServer.start();
    await python[Symbol.asyncDispose]();
    await until(() => stateOf("py") === "unreachable", { timeoutMs: 15_000, what: "that it is away" });
    const register = daemon.servers.registerByHttp({ serverId: "py", host: "127.0.0.1", port: other.port });
    await expect(register).rejects.toThrow("taken");
    const entries = readdirSync(daemon.home.folder, { withFileTypes: true });
    for (const { name: file } of entries.filter((entry) => entry.isFile())) {
      expect(readFileSync(daemon.home.path(file)).includes("a-planted-secret"), file).toBe(false);
    }
  });

  test("is locked for a daemon that was started again, until it is told the token again", async () => {
    await daemon.servers.connect({ ...at(), token: "secret" });
    daemon.abandon();
    daemon = new TestServers({ folder: daemon.folder });
    await daemon.servers.recover();
    expect(daemon.servers.row("py")).toMatchObject({ state: "unreachable", access: "token", kind: "remote" });
    const away = at();
    await python[Symbol.asyncDispose]();
    // It is asked from now on, also while it is away.
    expect(await daemon.servers.connect({ ...away, token: "secret" })).toMatchObject({ state: "unreachable" });
    python = await PythonServer.start(away.port);
    await until(() => stateOf("py") === "ready", { ...slow, what: "that it is back" });
    expect(daemon.servers.rows()).toHaveLength(1);
  });

  test("is called as it calls itself, and stays until it is forgotten", async () => {
    expect(await daemon.servers.connect(at())).toMatchObject({ serverId: "py", kind: "remote", state: "ready" });
    expect(await daemon.servers.connect(at())).toMatchObject({ serverId: "py" });
    await using second = await PythonServer.start();
    expect((await daemon.servers.connect({ host: "127.0.0.1", port: second.port })).serverId).toBe(
      `py@127.0.0.1:${second.port}`,
    );
    expect(daemon.servers.rows()).toHaveLength(2);
    daemon.servers.forget("py");
    daemon.servers.forget(`py@127.0.0.1:${second.port}`);
    expect(daemon.servers.rows()).toEqual([]);
    expect(daemon.store.remoteServers.all()).toEqual([]);
  });

  test("is not taken in when nobody answers there", async () => {
    const { port } = python;
    await python[Symbol.asyncDispose]();
    await expect(daemon.servers.connect({ host: "127.0.0.1", port })).rejects.toMatchObject({
      code: studioErrorCode.unreachable,
      message: expect.stringContaining(`127.0.0.1:${port}`) as string,
    });
    expect(daemon.servers.rows()).toEqual([]);
  });
});
