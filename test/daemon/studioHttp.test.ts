import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import type { Discovery } from "agentscope-distributed/studio";
import { RpcAgentClient } from "agentscope-distributed";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AgentServer } from "../processes/agentServer.js";
import { DaemonProcess, StateFolder } from "../processes/daemonProcess.js";
import { TemporaryFolder } from "../processes/temporaryFolder.js";
import { until } from "../processes/until.js";

let state: StateFolder;
let daemon: DaemonProcess;
let found: Discovery;
let server: AgentServer;

beforeAll(async () => {
  state = await StateFolder.make();
  [daemon, server] = await Promise.all([
    DaemonProcess.start(state),
    // It knows no daemon: it is registered as AgentScope 0.1's servers register themselves.
    AgentServer.start(["--server-id", "plain"], { env: { AGENTSCOPE_STUDIO_URL: "off" } }),
  ]);
  if (state.found === undefined) throw new Error("no daemon");
  found = state.found;
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await daemon[Symbol.asyncDispose]();
  await state[Symbol.asyncDispose]();
});

async function get(path: string, headers: Record<string, string> = {}): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${found.url}${path}`, { headers });
  return { status: answer.status, body: await answer.json() };
}

async function post(
  path: string,
  value: object,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: unknown }> {
  const method = { method: "POST", headers: { "content-type": "application/json", ...headers } };
  const answer = await fetch(`${found.url}${path}`, { ...method, body: JSON.stringify(value) });
  return { status: answer.status, body: await answer.json() };
}

const ok = { status: 200, body: { status: "ok" } };

test("a server registers, is listed, is allocated and shows its agents and their memory", async () => {
  expect(await get("/api/servers/alloc")).toMatchObject({ status: 404 });
  expect(await post("/api/servers/register", { server_id: "plain", ...server.at })).toEqual(ok);
  expect(await post("/api/servers/register", { server_id: "plain", host: "127.0.0.1", port: 1 })).toMatchObject({
    status: 400,
  });
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/) as string;
  expect(await get("/api/servers/all")).toEqual({
    status: 200,
    body: [{ id: "plain", ...server.at, create_time: time }],
  });
  const running = async () => (await get("/api/servers/status/plain")).body as { status: string; mem: number };
  await until(async () => (await running()).mem > 1, { timeoutMs: 10_000, what: "a server that tells of itself" });
  expect(await running()).toEqual({ status: "running", cpu: expect.any(Number), mem: expect.any(Number), size: 0 });
  expect(await get("/api/servers/alloc")).toEqual({ status: 200, body: server.at });

  await using client = new RpcAgentClient(server.at);
  const made = await client.createAgent({
    className: "DialogAgent",
    agentId: "d",
    config: { name: "d", sysPrompt: "p" },
  });
  expect(made).toBe("d");
  const agents = async () => (await get("/api/servers/agent_info/plain")).body as { agent_id: string; name: string }[];
  await until(async () => (await agents()).length === 1, { timeoutMs: 10_000, what: "the agent" });
  expect(await agents()).toMatchObject([{ agent_id: "d", name: "d", type: "DialogAgent" }]);
  const agent = { server_id: "plain", agent_id: "d" };
  expect(await post("/api/servers/agents/memory", agent)).toEqual({ status: 200, body: [] });
  expect(await post("/api/servers/agents/delete", { ...agent, agent_id: "other" })).toEqual({
    status: 200,
    body: { status: "fail" },
  });
  expect(await post("/api/servers/agents/delete", agent)).toEqual(ok);
  expect(await client.getAgentList()).toEqual([]);

  expect(await post("/api/servers/delete", { server_id: "plain", stop: true })).toEqual(ok);
  expect(await server.endsWithin(10_000)).toMatchObject({ code: 0 });
  expect(await get("/api/servers/all")).toEqual({ status: 200, body: [] });
});

test("a server that asks for a token is acted on only with the daemon's token", async () => {
  await using folder = await TemporaryFolder.make();
  writeFileSync(folder.file("token"), "secret");
  await using guarded = await AgentServer.start(
    ["--server-id", "guarded", "--token-file", folder.file("token"), "--studio-url", found.url],
    { env: state.env },
  );
  const listed = async () =>
    ((await get("/api/servers/all")).body as { id: string }[]).some(({ id }) => id === "guarded");
  await until(listed, { timeoutMs: 10_000, what: "the server" });
  expect(await get("/api/servers/agent_info/guarded")).toMatchObject({ status: 401 });
  expect(await post("/api/servers/delete", { server_id: "guarded", stop: true })).toMatchObject({ status: 401 });
  const headers = { authorization: `Bearer ${found.token}` };
  expect(await get("/api/servers/agent_info/guarded", headers)).toEqual({ status: 200, body: [] });
  expect(await post("/api/servers/delete", { server_id: "guarded", stop: true }, headers)).toEqual(ok);
  expect(await guarded.endsWithin(10_000)).toMatchObject({ code: 0 });
});

test("a script of AgentScope 0.1 registers as a run, and what its agents say is in the log", async () => {
  const run = {
    run_id: "run_1",
    project: "p",
    name: "n",
    timestamp: "2024-01-01 00:00:00",
    run_dir: "/tmp",
    pid: process.pid,
  };
  expect(await post("/api/runs/register", run)).toEqual(ok);
  expect(await post("/api/runs/register", run)).toMatchObject({ status: 400 });
  const message = { run_id: "run_1", id: "m", name: "Alice", role: "assistant", content: "good morning" };
  expect(await post("/api/messages/push", { ...message, url: null, metadata: null, timestamp: "" })).toEqual(ok);
  expect(await post("/api/messages/push", { ...message, run_id: "none" })).toMatchObject({ status: 404 });
  await until(() => daemon.stderr.includes("run_1: Alice: good morning"), { timeoutMs: 5000, what: "the line" });
});

test.skipIf(process.platform !== "linux" || process.getuid?.() !== 0)(
  "a program of another user of the machine is asked for the token",
  async () => {
    const ask = `fetch(${JSON.stringify(`${found.url}/api/servers/all`)}).then(({ status }) => console.log(status))`;
    const nobody = 65_534;
    const statusOf = (uid: number) =>
      execFileSync(process.execPath, ["-e", ask], { uid, cwd: "/", encoding: "utf8" }).trim();
    expect([statusOf(0), statusOf(nobody)]).toEqual(["200", "401"]);
  },
);
