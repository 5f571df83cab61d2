import { readFile, realpath, writeFile } from "node:fs/promises";
import { AgentCreationError, Msg, RpcAgentClient } from "agentscope-distributed";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Echo } from "../../fixtures/agents/echo.js";
import { Recorder } from "../../fixtures/agents/recorder.js";
import { AgentServer } from "../../processes/agentServer.js";
import { TemporaryFolder } from "../../processes/temporaryFolder.js";

let folder: TemporaryFolder;
let server: AgentServer;
let client: RpcAgentClient;

beforeAll(async () => {
  folder = await TemporaryFolder.make();
  server = await AgentServer.start(["--workers", "2", "--server-id", "the-server", "--save-dir", folder.path]);
  client = new RpcAgentClient(server.at);
});

afterEach(async () => {
  await client.deleteAllAgent();
});

afterAll(async () => {
  client.close();
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const say = (content: unknown) => new Msg({ name: "user", content, role: "user" });

test("isAlive is true where a server is, and false where none is, and never throws", async () => {
  expect(await client.isAlive()).toBe(true);
  await using nobody = new RpcAgentClient({ host: "127.0.0.1", port: 1 });
  expect(await nobody.isAlive()).toBe(false);
  await using unknown = new RpcAgentClient({ host: "no-such-host.invalid", port: 1 });
  expect(await unknown.isAlive()).toBe(false);
});

test("getServerInfo tells the process, the id, what it uses, and how many agents there are", async () => {
  const before = await client.getServerInfo();
  expect(before).toMatchObject({ pid: server.pid, id: "the-server", size: 0 });
  expect(before.mem).toBeGreaterThan(10);
  expect(before.mem).toBeLessThan(4096);
  expect(before.cpu).toBeGreaterThanOrEqual(0);
  await Promise.all(["A", "B", "C"].map((name) => new Echo({ name }).toDist(server.at).ready()));
  expect((await client.getServerInfo()).size).toBe(3);
});

test("an agent that is ready is counted, listed and found", async () => {
  for (let count = 1; count <= 40; count++) {
    const echo = new Echo({ name: `E${count}` }).toDist(server.at);
    await echo.ready();
    expect((await client.getServerInfo()).size).toBe(count);
    expect(await client.getAgentMemory(echo.agentId)).toEqual([]);
  }
  expect(await client.getAgentList()).toHaveLength(40);
});

test("getAgentList gives a thumbnail of each agent", async () => {
  const a = new Echo({ name: "A", sysPrompt: "You echo." }).toDist(server.at);
  const b = new Recorder({ name: "B", toDist: server.at });
  await Promise.all([a(), b()]);
  const list = await client.getAgentList();
  expect(list.sort((one, other) => one.name.localeCompare(other.name))).toEqual([
    { name: "A", type: "Echo", agent_id: a.agentId, sys_prompt: "You echo.", model: null },
    { name: "B", type: "Recorder", agent_id: b.agentId, sys_prompt: null, model: null },
  ]);
});

test("getAgentMemory gives the messages as they are, oldest first", async () => {
  const recorder = new Recorder({ name: "R" }).toDist(server.at);
  const messages = [say("one"), say({ two: [2, null], text: "ü" }), say("three")];
  for (const message of messages) await recorder.observe(message);
  expect(await client.getAgentMemory(recorder.agentId)).toEqual(messages);
  await expect(client.getAgentMemory("nobody")).rejects.toMatchObject({ code: "AGENT_NOT_FOUND" });
});

test("deleteAgent is true once, and then the agent's calls say that it was deleted", async () => {
  const echo = new Echo({ name: "E" }).toDist(server.at);
  await echo();
  expect(await client.deleteAgent(echo.agentId)).toBe(true);
  expect(await client.deleteAgent(echo.agentId)).toBe(false);
  expect(await client.deleteAgent("nobody")).toBe(false);
  await expect(echo(say("x"))).rejects.toThrow(/"E".*deleted/);
  expect(await client.getAgentList()).toEqual([]);
});

test("deleteAllAgent leaves none, of any worker", async () => {
  const agents = Array.from({ length: 5 }, (_, index) => new Echo({ name: `E${index}` }).toDist(server.at));
  await Promise.all(agents.map((echo) => echo()));
  expect((await client.getServerInfo()).size).toBe(5);
  expect(await client.deleteAllAgent()).toBe(true);
  expect((await client.getServerInfo()).size).toBe(0);
  for (const echo of agents) await expect(echo()).rejects.toMatchObject({ code: "AGENT_NOT_FOUND" });
});

test("cloneAgent makes one of the same class and config with a memory of its own", async () => {
  const original = new Recorder({ name: "R", sysPrompt: "Remember." }).toDist(server.at);
  await original.observe(say("before"));
  const id = await client.cloneAgent(original.agentId);
  expect(id).not.toBe(original.agentId);
  const clone = new Recorder({ name: "R" }).toDist({ ...server.at, agentId: id, connectExisting: true });
  expect(await clone.contents()).toEqual([]);
  expect(await clone.get("sysPrompt")).toBe("Remember.");
  expect(await original.contents()).toEqual(["before"]);
  await expect(client.cloneAgent("nobody")).rejects.toThrow(/nobody/);
});

test("createAgent makes an agent that any program can take hold of", async () => {
  const id = await client.createAgent({ className: "Recorder", config: { name: "R", sysPrompt: "Made by hand." } });
  const recorder = new Recorder({ name: "R" }).toDist({ ...server.at, agentId: id, connectExisting: true });
  await recorder.observe(say("hello"));
  expect(await recorder.contents()).toEqual(["hello"]);
  const chosen = await client.createAgent({ agentId: "chosen", className: "Echo", config: { name: "E" } });
  expect(chosen).toBe("chosen");
  const again = client.createAgent({ agentId: "chosen", className: "Echo", config: { name: "E" } });
  await expect(again).rejects.toBeInstanceOf(AgentCreationError);
  await expect(again).rejects.toThrow(/chosen.*exists/);
});

test("callAgentFunc and updatePlaceholder call an agent as Python's clients do", async () => {
  const id = await client.createAgent({ className: "Echo", config: { name: "E" } });
  const tasks = [await client.callAgentFunc(id, "_reply", { input: say("one") })];
  tasks.push(await client.callAgentFunc(id, "_reply", { input: [say("two"), say("three")] }));
  expect((await client.updatePlaceholder(tasks[1] ?? ""))?.content).toEqual(["two", "three"]);
  expect((await client.updatePlaceholder(tasks[0] ?? ""))?.content).toBe("one");
  expect(await client.callAgentFunc(id, "_observe", { input: say("seen") })).toBe("");
  expect((await client.getAgentMemory(id)).map(({ content }) => content)).toEqual(["seen"]);
  await expect(client.callAgentFunc(id, "dispose")).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  await expect(client.callAgentFunc("nobody", "_reply")).rejects.toThrow(/nobody/);
});

test("setModelConfigs takes one config or several, and refuses what is none, with all that came with it", async () => {
  const model = { config_name: "my_model", model_type: "openai_chat", model_name: "m" };
  expect(await client.setModelConfigs([model, { ...model, config_name: "other" }])).toBe(true);
  expect(await client.setModelConfigs({ ...model, model_name: "newer" })).toBe(true);
  expect(await client.setModelConfigs([model, { config_name: "no type" }])).toBe(false);
});

test("downloadFile saves a file of the server's save directory here, with equal bytes", async () => {
  const bytes = Buffer.alloc(3_000_000, "0123456789abcdef");
  await writeFile(folder.file("report.bin"), bytes);
  await using here = await TemporaryFolder.make();
  const copy = await client.downloadFile(folder.file("report.bin"), { saveDir: here.path });
  expect(copy.startsWith(await realpath(here.path))).toBe(true);
  expect(bytes.equals(await readFile(copy))).toBe(true);
  const missing = client.downloadFile(folder.file("missing.bin"), { saveDir: here.path });
  await expect(missing).rejects.toThrow(/missing\.bin/);
});

test("stop ends the server: its port is closed and its process gone", async () => {
  await using other = await AgentServer.start(["--workers", "1"]);
  await using itsClient = new RpcAgentClient(other.at);
  await itsClient.stop();
  expect(await itsClient.isAlive()).toBe(false);
  expect(await other.endsWithin(15_000)).toEqual({ code: 0, signal: null });
  await expect(itsClient.stop()).rejects.toThrow(`No agent server can be reached at ${other.address}`);
});
