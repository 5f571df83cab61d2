import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RpcAgentClient, type RpcAgentClientOptions } from "../../src/client/rpcAgentClient.js";
import { AgentScopeError } from "../../src/errors.js";
import { PlaceholderReference } from "../../src/management/placeholderReference.js";
import { Msg } from "../../src/messages/msg.js";
import { Deferred } from "../management/deferred.js";
import { type RunningServer, type StartOptions, startMemoryServer } from "../management/memoryServer.js";

let running: RunningServer;
let client: RpcAgentClient;

async function restart(server: StartOptions, options: Partial<RpcAgentClientOptions> = {}): Promise<void> {
  await stop();
  running = await startMemoryServer(server);
  client = new RpcAgentClient({ host: running.host, port: running.port, ...options });
}

async function stop(): Promise<void> {
  client?.close();
  await running?.[Symbol.asyncDispose]();
}

beforeEach(() => restart({}));
afterEach(stop);

const hello = new Msg({ name: "me", role: "user", content: "hello", metadata: { a: [1] } });

describe("RpcAgentClient", () => {
  test("creates agents from a config, with an id of its own or a given one", async () => {
    const config = { name: "Bob", sysPrompt: "hi", nested: { keep_case: true } };
    expect(await client.createAgent({ agentId: "a", className: "Echo", config })).toBe("a");
    expect(running.server.agents.get("a")?.spec).toStrictEqual({
      agentId: "a",
      className: "Echo",
      args: [config],
      kwargs: {},
    });
    const made = await client.createAgent({ className: "Echo" });
    expect(made).toMatch(/^[\da-f]{32}$/);
    expect([...running.server.agents.keys()]).toStrictEqual(["a", made]);
  });

  test("creates the same agent with a pickle", async () => {
    const config = { name: "Bob", sysPrompt: "hi", seed: 2n ** 70n, bytes: new Uint8Array([0, 255]) };
    await client.createAgent({ agentId: "a", className: "Echo", config }, { format: "pickle" });
    expect(running.server.agents.get("a")?.spec.args).toStrictEqual([config]);
  });

  test("says why an agent can't be created", async () => {
    await expect(client.createAgent({ className: "Nope", config: { name: "Bob" } })).rejects.toMatchObject({
      name: "AgentCreationError",
      code: "CREATION_FAILED",
      agentName: "Bob",
      message: expect.stringContaining("no class Nope; there is Echo") as string,
    });
  });

  test("calls an agent and waits for its reply", async () => {
    await client.createAgent({ agentId: "a", className: "Echo", config: { name: "Bob" } });
    const late = new Deferred<Msg>();
    running.server.behaviour = () => late.promise;
    const taskId = await client.callAgentFunc("a", "_reply", { input: hello });
    expect(taskId).toBe("1");
    const reply = client.updatePlaceholder(taskId);
    late.resolve(hello);
    expect(await reply).toStrictEqual(hello);
    expect(await client.updatePlaceholder(1)).toStrictEqual(hello);
  });

  test("passes placeholders on by reference", async () => {
    await client.createAgent({ agentId: "a", className: "Echo", config: { name: "Bob" } });
    const first = await client.callAgentFunc("a", "_reply", { input: [hello, hello] });
    const placeholder = new PlaceholderReference({ host: running.host, port: running.port, taskId: first });
    const second = await client.callAgentFunc("a", "_reply", { input: placeholder });
    expect((await client.updatePlaceholder(second))?.content).toStrictEqual([["hello", "hello"]]);
  });

  test("follows a reply that is a placeholder of another server", async () => {
    await client.createAgent({ agentId: "a", className: "Echo" });
    const other = await startMemoryServer();
    const { host, port } = other;
    other.server.agents.set("b", {
      spec: { agentId: "b", className: "Echo", args: [{ name: "Eve" }], kwargs: {} },
      memory: [],
    });
    const there = new RpcAgentClient({ host, port });
    const taskId = await there.callAgentFunc("b", "_reply", { input: hello });
    const placeholder: unknown = new PlaceholderReference({ host, port, taskId });
    running.server.behaviour = async () => placeholder as Msg;
    const reply = await client.updatePlaceholder(await client.callAgentFunc("a", "_reply"));
    expect(reply).toMatchObject({ name: "Eve", content: ["hello"] });
    there.close();
    await other[Symbol.asyncDispose]();
  });

  test("gives undefined for a reply of nothing, and an empty text when observed", async () => {
    await client.createAgent({ agentId: "a", className: "Echo" });
    running.server.behaviour = async () => undefined;
    expect(await client.updatePlaceholder(await client.callAgentFunc("a", "_reply"))).toBeUndefined();
    expect(await client.callAgentFunc("a", "_observe", { input: hello })).toBe("");
    expect(await client.getAgentMemory("a")).toStrictEqual([hello]);
  });

  test("rejects with what went wrong in a call", async () => {
    await client.createAgent({ agentId: "a", className: "Echo" });
    running.server.behaviour = async () => Promise.reject(new Error("no answer today"));
    const taskId = await client.callAgentFunc("a", "_reply");
    await expect(client.updatePlaceholder(taskId)).rejects.toMatchObject({
      name: "AgentCallError",
      code: "AGENT_FAILED",
      message: expect.stringContaining("no answer today") as string,
    });
    await expect(client.updatePlaceholder(99)).rejects.toMatchObject({
      name: "PlaceholderExpiredError",
      message: expect.stringMatching(/^This server has given no task the id 99/) as string,
    });
    await expect(client.updatePlaceholder("nine")).rejects.toThrow('task id is "nine"');
    await expect(client.callAgentFunc("a", "nope")).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(client.callAgentFunc("b", "_reply")).rejects.toThrow("Agent [b] not exists.");
  });

  test("manages agents and models", async () => {
    await client.createAgent({ agentId: "a", className: "Echo" });
    expect(await client.getAgentList()).toStrictEqual([{ name: "n", type: "Echo", sys_prompt: null, agent_id: "a" }]);
    expect(await client.getAgentMemory("a")).toStrictEqual([]);
    await expect(client.getAgentMemory("b")).rejects.toMatchObject({ code: "AGENT_NOT_FOUND" });
    const clone = await client.cloneAgent("a");
    expect(running.server.agents.has(clone)).toBe(true);
    await expect(client.cloneAgent("b")).rejects.toMatchObject({ code: "AGENT_NOT_FOUND" });
    expect(await client.getServerInfo()).toMatchObject({
      pid: process.pid,
      id: "memory",
      cpu: 1.5,
      mem: 64.25,
      size: 2,
    });
    expect(await client.deleteAgent("a")).toBe(true);
    expect(await client.deleteAgent("a")).toBe(false);
    expect(await client.deleteAllAgent()).toBe(true);
    expect(running.server.agents.size).toBe(0);
    expect(await client.setModelConfigs({ config_name: "a" })).toBe(true);
    expect(await client.setModelConfigs([{ config_name: "b" }])).toBe(true);
    expect(running.server.modelConfigs).toStrictEqual([{ config_name: "b" }]);
    expect(await client.setModelConfigs({})).toBe(false);
  });

  test("stops the server: when that has ended, nobody is alive", async () => {
    expect(await client.isAlive()).toBe(true);
    await client.stop();
    expect(await client.isAlive()).toBe(false);
    await expect(client.stop()).rejects.toMatchObject({ name: "AgentServerNotAliveError" });
  });

  test("says when a server does not stop", async () => {
    running.server.stopPort = async () => {};
    await expect(client.stop({ timeoutMs: 200 })).rejects.toMatchObject({
      code: "DEADLINE_EXCEEDED",
      message: expect.stringContaining("has not stopped within 200 ms (option timeoutMs)") as string,
    });
  });
});

describe("when the server can't be had, RpcAgentClient", () => {
  const calls: [string, (client: RpcAgentClient) => Promise<unknown>][] = [
    ["getAgentList", (c) => c.getAgentList()],
    ["getAgentMemory", (c) => c.getAgentMemory("a")],
    ["getServerInfo", (c) => c.getServerInfo()],
    ["setModelConfigs", (c) => c.setModelConfigs([])],
    ["deleteAgent", (c) => c.deleteAgent("a")],
    ["deleteAllAgent", (c) => c.deleteAllAgent()],
    ["cloneAgent", (c) => c.cloneAgent("a")],
    ["createAgent", (c) => c.createAgent({ className: "Echo" })],
    ["callAgentFunc", (c) => c.callAgentFunc("a", "_reply")],
    ["updatePlaceholder", (c) => c.updatePlaceholder("1")],
    ["downloadFile", (c) => c.downloadFile("/x")],
  ];

  test.each(calls)("rejects %s with AgentServerNotAliveError where nobody is", async (_, call) => {
    await running[Symbol.asyncDispose]();
    const server = `127.0.0.1:${running.port}`;
    await expect(call(client)).rejects.toMatchObject({ name: "AgentServerNotAliveError", server });
    expect(await client.isAlive()).toBe(false);
  });

  test.each(calls)("rejects %s without the right token, and says what to do", async (_, call) => {
    await restart({ token: "right" }, { token: "wrong" });
    await expect(call(client)).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
      message: expect.stringMatching(/127\.0\.0\.1:\d+ lets nobody in without its token .* option token/) as string,
    });
    expect(await client.isAlive()).toBe(false);
  });

  test("is let in with the right token", async () => {
    await restart({ token: "right" }, { token: "right" });
    expect(await client.isAlive()).toBe(true);
    await client.stop();
    expect(await client.isAlive()).toBe(false);
  });

  test("finds a server that was started anew at once, without waiting for a backoff", async () => {
    const { port } = running;
    expect(await client.isAlive()).toBe(true);
    await running[Symbol.asyncDispose]();
    for (const _ of [1, 2, 3]) expect(await client.isAlive()).toBe(false);
    running = await startMemoryServer({ port });
    expect(await client.isAlive()).toBe(true);
  });

  test("gives up a call after its time, and names the option", async () => {
    running.server.info = () => new Promise(() => {});
    await expect(client.getServerInfo({ timeoutMs: 50 })).rejects.toMatchObject({
      code: "DEADLINE_EXCEEDED",
      message: expect.stringContaining("did not answer within 50 ms (option timeoutMs)") as string,
    });
  });

  test("gives up a call that is aborted, and those under way when it is closed", async () => {
    running.server.info = () => new Promise(() => {});
    const aborted = client.getServerInfo({ signal: AbortSignal.timeout(20) });
    await expect(aborted).rejects.toMatchObject({ code: "CANCELLED" });
    await expect(client.getServerInfo({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "CANCELLED" });
    const underWay = client.getServerInfo();
    await client.getAgentList();
    await client[Symbol.asyncDispose]();
    await expect(underWay).rejects.toThrow("was closed");
    await expect(client.getAgentList()).rejects.toThrow("was closed");
    expect(await client.isAlive()).toBe(false);
  });

  test("says when something else listens there", async () => {
    await stop();
    const other = new Server();
    const bound = new Deferred<number>();
    other.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (_, port) => bound.resolve(port));
    const stranger = new RpcAgentClient({ host: "127.0.0.1", port: await bound.promise });
    await expect(stranger.getAgentList()).rejects.toThrow("is no agent server that knows this call");
    stranger.close();
    other.forceShutdown();
  });
});

describe("downloadFile", () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "client-"))));
  afterEach(() => rm(folder, { recursive: true }));

  test("saves a file of several pieces under its own name, always at the same path", async () => {
    const data = Buffer.from(Array.from({ length: 300_000 }, (_, index) => `line ${index}\n`).join(""));
    await writeFile(join(folder, "source.txt"), data);
    running.server.files.set("/there/report.txt", join(folder, "source.txt"));
    const saveDir = join(folder, "made", "here");
    const path = await client.downloadFile("/there/report.txt", { saveDir });
    expect(basename(path)).toMatch(/^[\da-f]{8}_report\.txt$/);
    expect((await readFile(path)).equals(data)).toBe(true);
    expect(await client.downloadFile("/there/report.txt", { saveDir })).toBe(path);
    expect(await readdir(saveDir)).toStrictEqual([basename(path)]);
  });

  test("saves in the system's folder for temporary files where none is given", async () => {
    await writeFile(join(folder, "a"), "text");
    running.server.files.set("a", join(folder, "a"));
    const path = await client.downloadFile("a");
    expect(path.startsWith(tmpdir())).toBe(true);
    expect(await readFile(path, "utf8")).toBe("text");
    await rm(path);
  });

  test.each(["C:\\data\\report.txt", "../../etc/report.txt", "/x/..\\report.txt"])(
    "keeps to its folder whatever the name says: %s",
    async (name) => {
      await writeFile(join(folder, "a"), "text");
      running.server.files.set(name, join(folder, "a"));
      const path = await client.downloadFile(name, { saveDir: join(folder, "here") });
      expect(await readdir(join(folder, "here"))).toStrictEqual([basename(path)]);
      expect(path.endsWith("_report.txt")).toBe(true);
    },
  );

  test("leaves nothing behind when there is no such file", async () => {
    await expect(client.downloadFile("/gone", { saveDir: folder })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining("File /gone not found") as string,
    });
    expect(await readdir(folder)).toStrictEqual([]);
  });

  test("gives up after a silence", async () => {
    running.server.readableFile = () => new Promise(() => {});
    const download = client.downloadFile("/slow", { saveDir: folder, timeoutMs: 50 });
    await expect(download).rejects.toThrow("sent nothing for 50 ms (option timeoutMs)");
    await expect(client.downloadFile("/slow", { saveDir: folder, signal: AbortSignal.abort() })).rejects.toThrow(
      AgentScopeError,
    );
    expect(await readdir(folder)).toStrictEqual([]);
  });

  test("brings files that a placeholder's message names to the server that is given it", async () => {
    await writeFile(join(folder, "picture"), "pixels");
    const other = await startMemoryServer();
    other.server.files.set("/only/there.png", join(folder, "picture"));
    await client.createAgent({ agentId: "a", className: "Echo" });
    other.server.agents.set("b", { spec: { agentId: "b", className: "Echo", args: [{}], kwargs: {} }, memory: [] });
    const urls = ["/only/there.png", "https://example.com/a.png", "/no/file"];
    other.server.behaviour = async () => new Msg({ name: "b", role: "assistant", content: "see", url: urls });
    const there = new RpcAgentClient({ host: other.host, port: other.port });
    const taskId = await there.callAgentFunc("b", "_reply");
    const input = new PlaceholderReference({ host: other.host, port: other.port, taskId });
    await client.updatePlaceholder(await client.callAgentFunc("a", "_reply", { input }));
    const [local = "", ...same] = running.server.agents.get("a")?.memory[0]?.url ?? [];
    expect(await readFile(local, "utf8")).toBe("pixels");
    expect(same).toStrictEqual(["https://example.com/a.png", "/no/file"]);
    await rm(local);
    there.close();
    await other[Symbol.asyncDispose]();
  });
});
