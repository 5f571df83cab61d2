import { spawn } from "node:child_process";
import { once } from "node:events";
import { studioErrorCode } from "agentscope-distributed/studio";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { until } from "../until.js";
import { FakeServer } from "./fakeServer.js";
import { TestServers } from "./testServers.js";

/** Processes are started, and a busy machine takes its time. */
const slowMachine = { timeout: 30_000 };

let daemon: TestServers;
/** When the run of the script ended. */
let endedAtMs: number | undefined;

beforeEach(() => {
  endedAtMs = undefined;
  daemon = new TestServers({
    runOf: (instance) => (instance === "script" ? "run-1" : undefined),
    runEndedAt: () => endedAtMs,
  });
});
afterEach(() => daemon[Symbol.asyncDispose]());

const stateOf = (serverId: string) => daemon.servers.row(serverId)?.state;

/** A process that runs until it is killed. */
async function waitingProcess(): Promise<{ pid: number; kill: () => Promise<void> }> {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000); console.log()"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return {
    pid: child.pid as number,
    kill: async () => {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

describe("a server that comes by itself", slowMachine, () => {
  test("that ends with agents that came a moment ago has had them", async () => {
    const counts: number[] = [];
    daemon.servers.runAgentsChanged.on((runId) => counts.push(daemon.servers.agentsOfRun(runId)));
    using server = new FakeServer({ serverId: "one", kind: "child", parentInstance: "script" });
    await server.attach(daemon.servers, [["a", "Anna", "Echo", "script"]]);
    await until(() => counts.length === 1, { what: "the first agent" });
    await server.tell({ made: [["b", "Bert", "Echo", "script"]] });
    await until(() => daemon.servers.row("one")?.agents === 2, { what: "another agent" });
    await server.tell({ deleted: ["a", "b"] });
    await until(() => daemon.servers.row("one")?.agents === 0, { what: "their end" });
    expect(counts).toEqual([1, 2]);
    await until(() => counts.length === 3, { what: "the count of those that are left" });
    expect(counts).toEqual([1, 2, 0]);
  });

  test("is a row with what it told, busy while all its workers have turns", async () => {
    using server = new FakeServer({ serverId: "one" });
    await server.attach(daemon.servers, [["a", "Anna", "Echo", "script"]]);
    await until(() => daemon.servers.row("one")?.agents === 1, { what: "the agent" });
    expect(daemon.servers.row("one")).toMatchObject({
      state: "ready",
      kind: "independent",
      software: "agentscope-distributed 0.1.0",
      classes: ["Echo"],
      agents: 1,
      viaStudio: false,
      restarts: 0,
    });
    expect(daemon.servers.agentsOfRun("run-1", { exact: true })).toBe(1);
    await server.tell({ made: [["b", "Bert", "Echo", "script"]] });
    await until(() => daemon.servers.row("one")?.agents === 2, { what: "another agent" });
    // Counted a moment ago, and again only when the number is to stay.
    expect(daemon.servers.agentsOfRun("run-1", { exact: true })).toBe(2);
    await server.tellUse({ running: 2 });
    await until(() => stateOf("one") === "busy", { what: "busy" });
    await server.tellUse({ running: 1 });
    await until(() => stateOf("one") === "ready", { what: "ready" });
    await server.tellUse({ eventLoopDelayMs: 2000 });
    await until(() => stateOf("one") === "busy", { what: "busy, as its loop is late" });
    expect(daemon.servers.history("one").map(({ running }) => running)).toEqual([2, 1, 0]);
  });

  test("is the same row when it comes back, with its agents, which were not lost meanwhile", async () => {
    using server = new FakeServer({ serverId: "one" });
    await server.attach(daemon.servers, [["a", "Anna", "Echo", "script"]]);
    await until(() => daemon.servers.row("one")?.agents === 1, { what: "the agent" });
    server.disconnect();
    expect(stateOf("one")).toBe("unreachable");
    expect((await daemon.servers.agents({ offset: 0, limit: 9 })).rows).toMatchObject([{ agentId: "a", lost: false }]);
    await server.attach(daemon.servers, [["a", "Anna", "Echo", "script"]]);
    expect(daemon.servers.rows()).toMatchObject([{ serverId: "one", state: "ready", agents: 1 }]);
  });

  test("of which another start comes has lost its agents, and keeps what is known of them", async () => {
    const first = await waitingProcess();
    using old = new FakeServer({ serverId: "one", pid: first.pid });
    await old.attach(daemon.servers, [["a", "Anna", "Echo", "script"]]);
    await until(() => daemon.servers.row("one")?.agents === 1, { what: "the agent" });
    await first.kill();
    using next = new FakeServer({ serverId: "one" });
    await next.attach(daemon.servers);
    expect(daemon.servers.row("one")).toMatchObject({
      state: "ready",
      agents: 0,
      instance: next.announcement.instance,
    });
    const { rows } = await daemon.servers.agents({ serverId: "one", offset: 0, limit: 9 });
    expect(rows).toEqual([
      { agentId: "a", serverId: "one", name: "Anna", className: "Echo", runId: "run-1", lost: true },
    ]);
    await daemon.servers.deleteAgent("one", "a");
    expect((await daemon.servers.agents({ offset: 0, limit: 9 })).total).toBe(0);
  });

  test("whose process has ended has lost its agents at once, by the end of its connection", async () => {
    const there = await waitingProcess();
    using server = new FakeServer({ serverId: "one", pid: there.pid });
    await server.attach(daemon.servers, [["a", "Anna", "Echo", "script"]]);
    await until(() => daemon.servers.row("one")?.agents === 1, { what: "the agent" });
    await there.kill();
    server.disconnect();
    await until(() => daemon.servers.row("one")?.agents === 0, { timeoutMs: 900, what: "the loss" });
    expect(daemon.servers.row("one")).toMatchObject({
      state: "unreachable",
      detail: `its process (${there.pid}) has ended`,
    });
  });

  test("with the id of one that is there is refused, and told what to do", async () => {
    using first = new FakeServer({ serverId: "one" });
    using second = new FakeServer({ serverId: "one", port: 12_002 });
    await first.attach(daemon.servers);
    await expect(second.attach(daemon.servers)).rejects.toMatchObject({
      code: studioErrorCode.refused,
      message: expect.stringContaining(`another server at 127.0.0.1:12001 (process ${process.pid})`) as string,
    });
    await expect(second.attach(daemon.servers)).rejects.toThrow("start this one with another --server-id");
    first.disconnect();
    // Its process runs on, so it will be back.
    await expect(second.attach(daemon.servers)).rejects.toThrow("another server");
  });

  test("takes the id of one on another machine that does not answer any more", async () => {
    using first = new FakeServer({ serverId: "one", machine: "elsewhere" });
    using second = new FakeServer({ serverId: "one", machine: "elsewhere" });
    await first.attach(daemon.servers);
    first.isStuck = true;
    await second.attach(daemon.servers);
    expect(daemon.servers.row("one")).toMatchObject({ state: "ready", instance: second.announcement.instance });
  });

  test("is let go when it sends what is not of the protocol, and disturbs nobody else", async () => {
    using good = new FakeServer({ serverId: "good" });
    using bad = new FakeServer({ serverId: "bad" });
    await good.attach(daemon.servers);
    for (const [method, params] of [
      ["server/agents", { made: [["a", 1, "c", "d"]], deleted: [] }],
      ["server/agents", { made: "all", deleted: [] }],
      ["server/resources", { atMs: "now" }],
      ["server/classes", {}],
      ["agent/memoryChanged", { agentId: 5 }],
    ] as const) {
      await bad.attach(daemon.servers);
      await bad.tellNonsense(method, params);
      await until(() => stateOf("bad") === "unreachable", { what: "the end of its connection" });
      expect(daemon.servers.row("bad")?.detail).toBe(`it sent a ${method} that is not of the protocol`);
    }
    expect(stateOf("good")).toBe("ready");
  });

  test.each([
    ["serverId", ""],
    ["port", 70_000],
    ["pid", "1"],
    ["kind", "remote"],
    ["classes", [1]],
    ["access", undefined],
  ])("whose announcement has %s %j is refused by the field's name", async (field, value) => {
    using server = new FakeServer({ [field]: value });
    await expect(server.attach(daemon.servers)).rejects.toThrow(`server/attach: ${field}`);
    expect(daemon.servers.rows()).toEqual([]);
  });

  test("that belongs to a script is of its run, and so are the agents that its agents make elsewhere", async () => {
    using child = new FakeServer({ serverId: "child", kind: "child", parentInstance: "script" });
    using other = new FakeServer({ serverId: "other" });
    await child.attach(daemon.servers);
    await other.attach(daemon.servers, [["a", "Anna", "Echo", child.announcement.instance]]);
    await until(() => daemon.servers.row("other")?.agents === 1, { what: "the agent" });
    expect(daemon.servers.row("child")?.runId).toBe("run-1");
    expect((await daemon.servers.agents({ runId: "run-1", offset: 0, limit: 9 })).total).toBe(1);
  });
});

describe("a child server", slowMachine, () => {
  /** One with an agent, and a process that can be ended. */
  async function attachedChild(): Promise<{ child: FakeServer; kill: () => Promise<void>; pid: number }> {
    const { pid, kill } = await waitingProcess();
    const child = new FakeServer({ serverId: "child", kind: "child", parentInstance: "script", pid });
    await child.attach(daemon.servers, [["a", "Anna", "Echo", "script"]]);
    await until(() => daemon.servers.row("child")?.agents === 1, { what: "the agent" });
    return { child, kill, pid };
  }

  test("that ends with its script has stopped, was never shown as crashed, and leaves the list", async () => {
    const { child, kill } = await attachedChild();
    const states = new Set<string | undefined>();
    daemon.servers.changed.on(() => states.add(stateOf("child")));
    await kill();
    child.disconnect();
    await until(() => daemon.servers.row("child")?.agents === 0, { what: "the end of its process" });
    // A script's end is known a moment after that of its children.
    endedAtMs = Date.now();
    await until(() => stateOf("child") === undefined, { timeoutMs: 10_000, what: "the row to go" });
    expect([...states]).toEqual(["unreachable", "stopped", undefined]);
    expect((await daemon.servers.agents({ offset: 0, limit: 9 })).total).toBe(0);
  });

  test("whose process ends while its run goes on has crashed, and leaves the list when the run has ended", async () => {
    const { child, kill, pid } = await attachedChild();
    await kill();
    child.disconnect();
    await until(() => stateOf("child") === "crashed", { timeoutMs: 10_000, what: "the crash" });
    expect(daemon.servers.row("child")).toMatchObject({ detail: `its process (${pid}) has ended`, runId: "run-1" });
    expect((await daemon.servers.agents({ offset: 0, limit: 9 })).rows).toMatchObject([{ agentId: "a", lost: true }]);
    endedAtMs = Date.now();
    await until(() => stateOf("child") === undefined, { timeoutMs: 10_000, what: "the row to go" });
  });

  test("of another machine, whose process can't be seen, has stopped when its run has ended", async () => {
    using child = new FakeServer({
      ...{ serverId: "child", kind: "child", parentInstance: "script" },
      machine: "elsewhere",
    });
    await child.attach(daemon.servers);
    child.disconnect();
    expect(stateOf("child")).toBe("unreachable");
    endedAtMs = Date.now();
    await until(() => stateOf("child") === "stopped", { timeoutMs: 10_000, what: "its end" });
    await until(() => stateOf("child") === undefined, { timeoutMs: 10_000, what: "the row to go" });
  });
});

describe("what is asked of a server", slowMachine, () => {
  test("agents are listed with what they do, deleted and cloned", async () => {
    using server = new FakeServer({ serverId: "one" });
    await server.attach(daemon.servers, [
      ["a", "Anna", "Echo", "script"],
      ["b", "Bob", "Echo", "script"],
    ]);
    await until(() => daemon.servers.row("one")?.agents === 2, { what: "the agents" });
    const { rows } = await daemon.servers.agents({ offset: 0, limit: 1, states: true });
    expect(rows).toMatchObject([{ agentId: "a", state: { state: "idle" } }]);
    await daemon.servers.deleteAgent("one", "a");
    expect((await daemon.servers.agents({ offset: 0, limit: 9 })).rows.map(({ agentId }) => agentId)).toEqual(["b"]);
    expect(await daemon.servers.cloneAgent("one", "b")).toMatchObject({ agentId: "b-clone", name: "Bob" });
    await expect(daemon.servers.deleteAgent("one", "unknown")).rejects.toMatchObject({
      code: studioErrorCode.notFound,
    });
    await daemon.servers.deleteAllAgents("one");
    expect(daemon.servers.row("one")?.agents).toBe(0);
    expect(() => daemon.servers.history("nobody")).toThrow('there is no server "nobody"');
  });

  test("a memory is watched once for all who watch it, also over a new connection, until the last one leaves", async () => {
    using server = new FakeServer({ serverId: "one" });
    await server.attach(daemon.servers, [["a", "Anna", "Echo", ""]]);
    const heard: number[] = [];
    daemon.servers.memoryChanged.on(({ total }) => heard.push(total));
    const [leaveFirst, leaveSecond] = [daemon.servers.watchMemory("one", "a"), daemon.servers.watchMemory("one", "a")];
    await until(() => server.watched.length === 1, { what: "the watch" });
    await server.tellMemory("a", 3);
    await until(() => heard.length === 1, { what: "the change" });
    await server.attach(daemon.servers);
    await until(() => server.watched.length === 2, { what: "the watch on the new connection" });
    leaveFirst();
    leaveFirst();
    leaveSecond();
    await until(() => server.watched.length === 3, { what: "the end of the watch" });
    expect(server.watched.map(({ on }) => on)).toEqual([true, true, false]);
  });

  test("everything that waits for an answer ends with the connection, by an error that names the server", async () => {
    using server = new FakeServer({ serverId: "one" });
    await server.attach(daemon.servers, [["a", "Anna", "Echo", ""]]);
    const asked = Promise.allSettled([
      daemon.servers.memory({ serverId: "one", agentId: "a", offset: 0, limit: 1 }),
      daemon.servers.setModelConfigs("one", []),
    ]);
    server.disconnect();
    for (const one of await asked) {
      expect(one).toMatchObject({ status: "rejected", reason: { code: studioErrorCode.unreachable } });
    }
    await expect(daemon.servers.setModelConfigs("one", [])).rejects.toThrow("one is unreachable");
  });

  test("one that is stopped is shown so, and can be forgotten then", async () => {
    using server = new FakeServer({ serverId: "one" });
    await server.attach(daemon.servers, [["a", "Anna", "Echo", ""]]);
    expect(() => daemon.servers.forget("one")).toThrow("stop it first");
    await daemon.servers.stop("one");
    expect(daemon.servers.row("one")).toMatchObject({ state: "stopped", agents: 0 });
    const heard: string[] = [];
    daemon.servers.changed.on((serverId) => heard.push(serverId));
    daemon.servers.forget("one");
    expect({ rows: daemon.servers.rows(), heard }).toEqual({ rows: [], heard: ["one"] });
  });

  test("one that could not be stopped is unreachable when it goes later", async () => {
    using server = new FakeServer({ serverId: "one" });
    await server.attach(daemon.servers);
    server.refusesToStop = true;
    await expect(daemon.servers.stop("one")).rejects.toThrow("not now");
    server.disconnect();
    await until(() => daemon.servers.row("one")?.state !== "ready", { what: "the end of the connection" });
    expect(daemon.servers.row("one")?.state).toBe("unreachable");
  });
});
