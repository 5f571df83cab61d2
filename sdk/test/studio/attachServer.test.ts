import { afterEach, describe, expect, test, vi } from "vitest";
import { RpcAgentClient } from "../../src/client/rpcAgentClient.js";
import { Msg } from "../../src/messages/msg.js";
import type { AgentServer } from "../../src/server/agentServer.js";
import type { ServerOptions, StudioOptions } from "../../src/server/serverOptions.js";
import {
  addClasses,
  agentMemory,
  agentStates,
  cloneAgent,
  deleteAgent,
  deleteAllAgents,
  type ServerAttached,
  setModelConfigs,
  stopServer,
  watchMemory,
} from "../../src/studio/protocol.js";
import { until } from "../until.js";
import { FakeDaemon, type FakeDaemonOptions } from "./fakeDaemon.js";
import { HeardServer, startServer } from "./studioServer.js";

// Servers with worker threads: a busy machine takes its time.
vi.setConfig({ testTimeout: 30_000 });

const owned: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of owned.splice(0).reverse()) await end();
});

interface Scene {
  daemon: FakeDaemon;
  heard: HeardServer[];
  server: AgentServer;
  client: RpcAgentClient;
}

async function daemonThatHears(heard: HeardServer[], options: FakeDaemonOptions & { relay?: ServerAttached } = {}) {
  const { relay = {} } = options;
  const daemon = await FakeDaemon.start({
    ...options,
    serve: (client) => void heard.push(new HeardServer(client, () => relay)),
  });
  owned.push(() => daemon[Symbol.asyncDispose]());
  return daemon;
}

async function scene(studio: Partial<StudioOptions> = {}, options: Partial<ServerOptions> = {}): Promise<Scene> {
  const heard: HeardServer[] = [];
  const daemon = await daemonThatHears(heard);
  const server = await startServer(
    { url: daemon.address.url, token: undefined, kind: "independent", ...studio },
    options,
  );
  owned.push(() => server.stop());
  const { token } = options;
  const client = new RpcAgentClient({ ...server.address, ...(token !== undefined && { token }) });
  owned.push(() => client[Symbol.asyncDispose]());
  await until(() => heard[0]?.classes !== undefined, { timeoutMs: 10_000, what: "the server, with its classes" });
  return { daemon, heard, server, client };
}

function make(client: RpcAgentClient, agentId: string): Promise<unknown> {
  return client.createAgent({ agentId, className: "Watched", config: { name: `name of ${agentId}` } });
}

const message = (content: string) => new Msg({ name: "me", role: "user", content });

describe("an agent server that is attached to a daemon", () => {
  test("announces itself, its classes and its agents", async () => {
    const { heard, server, client } = await scene({}, { token: "of the server" });
    await make(client, "a-1");
    await until(() => heard[0]?.agents.size === 1, { timeoutMs: 10_000, what: "the agent" });
    const [first] = heard;
    expect(first?.announcement).toMatchObject({
      serverId: "s-1",
      host: "127.0.0.1",
      port: server.address.port,
      pid: process.pid,
      kind: "independent",
      access: "token",
      token: "of the server",
      workers: 2,
    });
    expect(first?.classes).toEqual({ classes: ["Watched"], problems: [] });
    expect(first?.hasAll).toBe(true);
    expect(first?.agents.get("a-1")).toEqual(["a-1", "name of a-1", "Watched", first?.announcement?.instance]);
  });

  test("announces itself again to the daemon that comes after, with the agents it has by then", async () => {
    const { daemon, heard, client } = await scene();
    await make(client, "a-1");
    await daemon[Symbol.asyncDispose]();
    await make(client, "a-2");
    await daemonThatHears(heard, { port: daemon.port });
    await until(() => heard[1]?.agents.size === 2, { timeoutMs: 10_000, what: "both agents" });
    expect(heard[1]?.announcement).toEqual(
      heard[0]?.announcement && { ...heard[0].announcement, classes: ["Watched"] },
    );
  });

  test("tells what it uses and does", async () => {
    const { daemon, heard, client } = await scene();
    await make(client, "a-1");
    const waiting = client.callAgentFunc("a-1", "_reply", { input: message("wait") });
    await waiting;
    await client.callAgentFunc("a-1", "_reply", { input: message("queued") });
    await until(() => heard[0]?.samples.at(-1)?.running === 1, { timeoutMs: 10_000, what: "the running call" });
    expect(heard[0]?.samples.at(-1)).toMatchObject({ agents: 1, running: 1, queued: 1, callsPerSecond: 0 });
    expect(heard[0]?.samples.at(-1)?.memoryBytes).toBeGreaterThan(10_000_000);
    const [state] = await daemon.client.rpc.sendRequest(agentStates, { agentIds: ["a-1", "nobody"] });
    expect(state).toMatchObject({ agentId: "a-1", state: "running", queueLength: 1 });
    expect(state?.module).toMatch(/watched\.mjs$/);
    expect(JSON.parse(state?.thumbnail ?? "")).toMatchObject({ name: "name of a-1", agent_id: "a-1" });
    expect(Date.now() - (state?.runningSinceMs ?? 0)).toBeLessThan(60_000);
  });

  test("an agent whose turn awaits another is told as waiting, and for whom", async () => {
    const { daemon, client } = await scene();
    await make(client, "a-1");
    await client.updatePlaceholder(await client.callAgentFunc("a-1", "_reply", { input: message("prepare") }));
    await client.callAgentFunc("a-1", "_reply", { input: message("ask") });
    const { rpc } = daemon.client;
    const [state] = await rpc.sendRequest(agentStates, { agentIds: ["a-1"] });
    expect(state).toMatchObject({ state: "waiting", waitingFor: ["inner"], queueLength: 0 });
  });

  test("an agent that computes without pause is told as running", async () => {
    const { daemon, client } = await scene({}, { workers: 1 });
    await make(client, "a-1");
    await client.callAgentFunc("a-1", "_reply", { input: message("spin") });
    const states = await daemon.client.rpc.sendRequest(agentStates, { agentIds: ["a-1"] });
    expect(states).toEqual([{ agentId: "a-1", state: "running", queueLength: 0 }]);
  });

  test("shows memory in pages, and tells when it has changed", async () => {
    const { daemon, heard, client } = await scene();
    const { rpc } = daemon.client;
    await make(client, "a-1");
    await rpc.sendRequest(watchMemory, { agentId: "a-1", on: true });
    for (const content of ["one", "two", "three"])
      await client.callAgentFunc("a-1", "_observe", { input: message(content) });
    await until(() => heard[0]?.memories.at(-1)?.total === 3, {
      timeoutMs: 10_000,
      what: "the news of three messages",
    });
    const page = await rpc.sendRequest(agentMemory, { agentId: "a-1", offset: 1, limit: 1 });
    expect(page).toMatchObject({ total: 3, generation: 0, messages: [{ content: "two", name: "me", role: "user" }] });
    await client.callAgentFunc("a-1", "_reply", { input: message("forget") });
    await until(() => heard[0]?.memories.at(-1)?.generation === 1, {
      timeoutMs: 10_000,
      what: "the news of the deletion",
    });
    await rpc.sendRequest(watchMemory, { agentId: "a-1", on: false });
    const told = heard[0]?.memories.length;
    await client.callAgentFunc("a-1", "_observe", { input: message("four") });
    const { total } = await rpc.sendRequest(agentMemory, { agentId: "a-1", offset: 0, limit: 10 });
    expect(total).toBe(1);
    expect(heard[0]?.memories.length).toBe(told);
    await expect(rpc.sendRequest(agentMemory, { agentId: "nobody", offset: 0, limit: 1 })).rejects.toThrow(
      "there is no agent with the id nobody",
    );
  });

  test("a large message is shown by its beginning, and pages end before they are too large", async () => {
    const { daemon, client } = await scene();
    await make(client, "a-1");
    await client.callAgentFunc("a-1", "_observe", { input: message("x".repeat(3_000_000)) });
    for (let count = 0; count < 12; count++) {
      await client.callAgentFunc("a-1", "_observe", { input: message(`${count % 10}`.repeat(400_000)) });
    }
    const { rpc } = daemon.client;
    const first = await rpc.sendRequest(agentMemory, { agentId: "a-1", offset: 0, limit: 1 });
    expect(first.messages[0]?.content).toMatch(/^x{65536} … \(and 2934464 more characters\)$/);
    const page = await rpc.sendRequest(agentMemory, { agentId: "a-1", offset: 0, limit: 100 });
    expect(page.messages.length).toBeLessThan(13);
    expect(page.messages.length).toBeGreaterThan(5);
  });

  test("deletes, clones and stops as it is told", async () => {
    const { daemon, heard, server, client } = await scene();
    const { rpc } = daemon.client;
    await make(client, "a-1");
    const copy = await rpc.sendRequest(cloneAgent, { agentId: "a-1" });
    await until(() => heard[0]?.agents.has(copy) === true, { timeoutMs: 10_000, what: "the copy" });
    expect(await rpc.sendRequest(deleteAgent, { agentId: "a-1" })).toBe(true);
    expect(await rpc.sendRequest(deleteAgent, { agentId: "a-1" })).toBe(false);
    await until(() => heard[0]?.agents.has("a-1") === false, { timeoutMs: 10_000, what: "the end of the first" });
    await rpc.sendRequest(deleteAllAgents, {});
    await until(() => heard[0]?.agents.size === 0, { timeoutMs: 10_000, what: "the end of all" });
    await expect(rpc.sendRequest(setModelConfigs, { configs: [{ config_name: "no type" }] })).rejects.toThrow(
      "model_type",
    );
    await rpc.sendRequest(stopServer, {});
    await until(() => daemon.client.socket.destroyed, { timeoutMs: 10_000, what: "the end of the connection" });
    expect(await client.isAlive()).toBe(false);
    await server.stop();
  });

  test("takes classes only from the daemon that has started it", async () => {
    const url = new URL("./agents/watched.mjs", import.meta.url).href;
    const { daemon } = await scene();
    const asked = daemon.client.rpc.sendRequest(addClasses, { classes: [{ url, className: "Watched" }] });
    await expect(asked).rejects.toThrow("only a server that a daemon has started");
  });

  test("a managed server takes classes, and tells of them", async () => {
    const url = new URL("./agents/watched.mjs", import.meta.url).href;
    const { daemon, heard, client } = await scene({ kind: "managed" }, { agentDir: undefined });
    const { rpc } = daemon.client;
    await rpc.sendRequest(addClasses, { classes: [{ url, className: "Watched" }] });
    await until(() => heard[0]?.classes?.classes.length === 1, { timeoutMs: 10_000, what: "the class" });
    await make(client, "a-1");
    const missing = rpc.sendRequest(addClasses, { classes: [{ url, className: "Nothing" }] });
    await expect(missing).rejects.toThrow("exports no class Nothing");
  });

  test("a managed server ends when nobody needs it", async () => {
    const { daemon, client } = await scene({ kind: "managed", maxAloneSeconds: 1 });
    expect(await client.isAlive()).toBe(true);
    await daemon[Symbol.asyncDispose]();
    const end = performance.now() + 8000;
    let isAlive = true;
    while (isAlive && performance.now() < end) isAlive = await client.isAlive();
    expect(isAlive).toBe(false);
  });

  test("runs without the daemon that it should register with, and says so once", async () => {
    const gone = await FakeDaemon.start();
    const { url } = gone.address;
    await gone[Symbol.asyncDispose]();
    const server = await startServer({ url, token: undefined, kind: "independent" });
    owned.push(() => server.stop());
    const client = new RpcAgentClient(server.address);
    owned.push(() => client[Symbol.asyncDispose]());
    expect(await client.isAlive()).toBe(true);
  });
});
