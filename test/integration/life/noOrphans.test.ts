import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { RpcAgentClient } from "agentscope-distributed";
import { AgentServer } from "../../processes/agentServer.js";
import { groupMembers, isAlive } from "../../processes/processTable.js";
import { startScript } from "../../processes/script.js";
import { TemporaryFolder } from "../../processes/temporaryFolder.js";
import { until } from "../../processes/until.js";

// Each has six processes.
vi.setConfig({ maxConcurrency: 2 });

let server: AgentServer;

beforeAll(async () => {
  server = await AgentServer.start(["--workers", "1"]);
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const cases = [
  { what: "Ctrl-C", busy: "wait", how: "wait", signal: "Ctrl-C", end: {} },
  { what: "SIGKILL", busy: "wait", how: "wait", signal: "SIGKILL", end: { signal: "SIGKILL" } },
  { what: "an uncaught exception", busy: "wait", how: "throw", signal: "none", end: { code: 1 } },
  { what: "Ctrl-C", busy: "compute", how: "wait", signal: "Ctrl-C", end: {} },
  { what: "SIGTERM", busy: "compute", how: "wait", signal: "SIGTERM", end: { signal: "SIGTERM" } },
  { what: "SIGKILL", busy: "compute", how: "wait", signal: "SIGKILL", end: { signal: "SIGKILL" } },
  { what: "an unhandled rejection", busy: "compute", how: "reject", signal: "none", end: { code: 1 } },
  { what: "process.exit", busy: "compute", how: "exit", signal: "none", end: { code: 3 } },
];

test.concurrent.each(cases)(
  "after $what no process is left of a main process whose agents $busy",
  async ({ busy, how, signal, end }) => {
    await using folder = await TemporaryFolder.make();
    await using main = startScript("family", { args: [how, busy, folder.file("log"), String(server.port)] });
    const pids = (await main.says("pids")).pids as number[];
    expect(pids).toHaveLength(5);
    if (signal === "Ctrl-C") main.killGroup("SIGINT");
    else if (signal !== "none") main.kill(signal as NodeJS.Signals);
    await until(() => groupMembers(main.pid).length === 0, { timeoutMs: 2000, what: "the end of all processes" });
    for (const pid of pids) expect(isAlive(pid)).toBe(false);
    expect(await main.endsWithin(1000)).toMatchObject(end);
    // The agents of children were disposed of, however the main process ended.
    expect((await folder.lines("log")).map((line) => line.split(" ")[1])).toEqual([
      "constructor",
      "setup",
      "reply",
      "dispose",
    ]);
    await using client = new RpcAgentClient(server.at);
    expect(await client.isAlive()).toBe(true);
  },
);
