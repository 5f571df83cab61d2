import {
  agentMemory,
  deleteAgent,
  type StreamEvent,
  subscribe,
  type Topic,
  unsubscribe,
} from "agentscope-distributed-daemon/protocol";
import { pageReady } from "agentscope-distributed-webview/shell";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Message, RequestType } from "vscode-jsonrpc/node";
import type { ClientState } from "../../src/daemon/daemonClient.js";
import { DaemonFailure } from "../../src/daemon/daemonFailure.js";
import { Listeners } from "../../src/daemon/listeners.js";
import { Relay } from "../../src/webviews/relay.js";
import { until } from "../until.js";

const asked: string[] = [];
const watched = new Map<Topic, (event: StreamEvent) => void>();
const stateChanged = new Listeners<ClientState>();
const client = {
  state: { kind: "connecting" } as ClientState,
  stateChanged,
  async request<Params, Result>({ method }: RequestType<Params, Result, void>): Promise<Result> {
    asked.push(method);
    if (asked.length > 1) throw new DaemonFailure("silent", "The daemon did not answer.");
    return { total: 0, offset: 0, rows: [] } as Result;
  },
  watch(topic: Topic, listener: (event: StreamEvent) => void): () => void {
    watched.set(topic, listener);
    return () => void watched.delete(topic);
  },
};

let told: Record<string, unknown>[];
let relay: Relay;
beforeEach(() => {
  told = [];
  asked.length = 0;
  const port = { post: ({ message }: { message: unknown }) => void told.push(message as Record<string, unknown>) };
  relay = new Relay(client, "page 1", { port, allowed: { requests: [agentMemory], topics: ["memory"] } });
});
afterEach(() => relay.dispose());

let lastId = 0;
const says = async (method: string, params: unknown) => {
  const id = ++lastId;
  relay.take({ page: "page 1", message: { jsonrpc: "2.0", id, method, params } as Message });
  await until(() => told.some((one) => one.id === id), { timeoutMs: 2_000, what: `an answer to ${method}` });
  return told.find((one) => one.id === id) ?? {};
};
const topic = { topic: "memory", serverId: "s", agentId: "a" } as const;

test("what a view may ask is answered by the client, and its failures are sentences", async () => {
  expect(await says(agentMemory.method, {})).toMatchObject({ result: { total: 0 } });
  expect(await says(agentMemory.method, {})).toMatchObject({ error: { message: "The daemon did not answer." } });
});

test("what a view may not ask or follow is not passed on", async () => {
  expect(await says(deleteAgent.method, { serverId: "s", agentId: "a" })).toMatchObject({ error: { code: -32601 } });
  expect(await says(subscribe.method, { topic: "tree" })).toMatchObject({ error: {} });
  expect(await says(subscribe.method, undefined)).toMatchObject({ error: {} });
  expect([asked, watched.size]).toEqual([[], 0]);
});

test("events go to the page until it has enough of them", async () => {
  const { result } = (await says(subscribe.method, topic)) as { result: { subscriptionId: string } };
  const [tell] = watched.values();
  tell?.({ kind: "ended", reason: "gone" });
  await until(() => told.some(({ method }) => method === "subscription/event"), { timeoutMs: 2_000, what: "an event" });
  await says(unsubscribe.method, { subscriptionId: result.subscriptionId });
  expect(watched.size).toBe(0);
});

test("a page is told of the connection as soon as it listens, and of each change", async () => {
  relay.take({ page: "page 1", message: { jsonrpc: "2.0", method: pageReady.method, params: {} } as Message });
  await until(() => told.length === 1, { timeoutMs: 2_000, what: "the connection" });
  stateChanged.tell({ kind: "down", failure: new DaemonFailure("down", "No daemon is running.") });
  await until(() => told.length === 2, { timeoutMs: 2_000, what: "the change" });
  expect(told.map(({ params }) => params)).toEqual([
    { kind: "connecting" },
    { kind: "lost", reason: "No daemon is running." },
  ]);
});

test("when it ends, all that its page followed ends; a page of before is not heard", async () => {
  await says(subscribe.method, topic);
  relay.take({
    page: "page 0",
    message: { jsonrpc: "2.0", id: 999, method: agentMemory.method, params: {} } as Message,
  });
  relay.dispose();
  relay.dispose();
  expect([watched.size, stateChanged.size, asked.length]).toEqual([0, 0, 0]);
});
