import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { init, Msg, RpcAgentClient } from "agentscope-distributed";
import { daemonStatus, listServers, resourceHistory, startServer } from "agentscope-distributed-daemon/protocol";
import type { Discovery } from "agentscope-distributed/studio";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Ledger } from "../fixtures/agents/ledger.js";
import { AgentServer, agentDir } from "../processes/agentServer.js";
import { asStudio, DaemonProcess, StateFolder } from "../processes/daemonProcess.js";
import { giveDescriptors, hasPrlimit, takeDescriptors } from "../processes/descriptors.js";
import { scriptPath, startScript } from "../processes/script.js";
import { TemporaryFolder } from "../processes/temporaryFolder.js";
import { until } from "../processes/until.js";
import { Editor } from "./editor.js";
import { endRuns } from "./endRuns.js";
import { Terminal } from "./terminal.js";

// A machine that is used by many, a limit that is low, a program that leaks: for a while a process can open nothing.

vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

describe.skipIf(!hasPrlimit)("a process that can open no file and no connection for a while", () => {
  let state: StateFolder;
  let daemon: DaemonProcess;
  let editor: Editor;

  beforeEach(async () => {
    init({ studioUrl: "off" });
    state = await StateFolder.make();
    daemon = await DaemonProcess.start(state);
    editor = await Editor.connect(state.found as Discovery);
  });
  afterEach(async () => {
    if (daemon.end === undefined) {
      giveDescriptors(daemon.pid);
      await endRuns(editor);
    }
    await editor[Symbol.asyncDispose]();
    await asStudio(state, "stop", "--force");
    await daemon[Symbol.asyncDispose]();
    await state[Symbol.asyncDispose]();
  });

  /** Waits until a server has told of itself some times more. */
  async function isSampled(serverId: string, times: number): Promise<void> {
    const told = async () => (await editor.ask(resourceHistory, { serverId })).map(({ atMs }) => atMs);
    const last = (await told()).at(-1) ?? 0;
    const isLater = async () => (await told()).filter((atMs) => atMs > last).length >= times;
    await until(isLater, { timeoutMs: 30_000, what: `${times} samples of ${serverId}` });
  }

  const call = (content: number) => new Msg({ name: "test", content, role: "user" });

  test("as an agent server it tells of itself, answers who is connected, and takes others afterwards", async () => {
    const studio = ["--server-id", "tested", "--studio-url", state.found?.url ?? ""];
    await using server = await AgentServer.start(["--workers", "1", ...studio], { env: state.env });
    const ledger = new Ledger({ name: "L" }).toDist(server.at);
    await using client = new RpcAgentClient(server.at);
    expect(await client.isAlive()).toBe(true);
    expect(await ledger(call(1)).content).toBe(1);
    await isSampled("tested", 1);
    takeDescriptors(server.pid);
    const turnedAway = Array.from({ length: 20 }, () => connect(server.port, server.host).on("error", () => {}));
    await isSampled("tested", 3);
    expect(await ledger(call(2)).content).toBe(2);
    expect(await client.isAlive()).toBe(true);
    giveDescriptors(server.pid);
    for (const socket of turnedAway) socket.destroy();
    const next = new Ledger({ name: "M" }).toDist({ host: "localhost", port: server.port });
    expect(await next(call(3)).content).toBe(3);
    expect(await ledger.written()).toEqual([1, 2]);
    server.assertRunning();
  });

  test("as a daemon it answers who is connected, and loses no server and no run", async () => {
    await using folder = await TemporaryFolder.make();
    await using terminal = new Terminal(state);
    await editor.ask(startServer, { serverId: "kept", cwd: process.cwd(), agentDir, workers: 1 });
    const args = ["--detach", scriptPath("plain"), "--until", folder.file("go")];
    const runId = (await terminal.types("run", ...args)).trim();
    const processes = async () => (await editor.ask(listServers, {})).map(({ serverId, pid }) => ({ serverId, pid }));
    const before = await processes();
    await terminal.overview();
    takeDescriptors(daemon.pid);
    await isSampled("kept", 3);
    expect(await editor.ask(daemonStatus, {})).toMatchObject({ pid: daemon.pid, servers: 1, runs: 1 });
    const { servers, runs } = await terminal.overview();
    expect(await processes()).toEqual(before);
    expect(servers).toMatchObject([{ state: "ready", restarts: 0 }]);
    expect(runs).toMatchObject([{ runId, state: "running" }]);
    giveDescriptors(daemon.pid);
    await terminal.types("status");
    expect(await processes()).toEqual(before);
    daemon.assertRunning();
    writeFileSync(folder.file("go"), "");
    await terminal.sees(({ runs: [run] }) => run?.state === "succeeded", "the end of the run");
  });

  test("as a script it is told why there is no child server, and has one afterwards", async () => {
    await using script = startScript("childOnDemand", { input: "open", env: { AGENTSCOPE_STUDIO_URL: "off" } });
    await script.says("reads");
    takeDescriptors(script.pid);
    script.type("first");
    expect(await script.says("code")).toMatchObject({
      code: "SERVER_NOT_ALIVE",
      message: expect.stringContaining("EMFILE"),
    });
    giveDescriptors(script.pid);
    script.type("second");
    expect(await script.says("answer")).toEqual({ answer: "second" });
    script.endInput();
    expect(await script.endsWithin(15_000)).toEqual({ code: 0, signal: null });
  });
});
