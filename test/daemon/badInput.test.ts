import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { daemonStatus, listServers, studioErrorCode } from "agentscope-distributed-daemon/protocol";
import type { Discovery } from "agentscope-distributed/studio";
import { ErrorCodes } from "vscode-jsonrpc";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { DaemonProcess, StateFolder } from "../processes/daemonProcess.js";
import { residentBytes } from "../processes/processTable.js";
import { until } from "../processes/until.js";
import { Editor } from "./editor.js";
import { frameOf, helloOf, RawClient } from "./rawClient.js";

let state: StateFolder;
let daemon: DaemonProcess;
let found: Discovery;
/** Somebody who does everything right, and must never notice what the others do. */
let good: Editor;

beforeAll(async () => {
  state = await StateFolder.make();
  daemon = await DaemonProcess.start(state);
  if (state.found === undefined) throw new Error("no daemon");
  found = state.found;
  good = await Editor.connect(found);
});
afterAll(async () => {
  await good[Symbol.asyncDispose]();
  await daemon[Symbol.asyncDispose]();
  await state[Symbol.asyncDispose]();
});
afterEach(async () => {
  const [servers, { pid }] = await Promise.all([good.ask(listServers, {}), good.ask(daemonStatus, {})]);
  if (servers.length > 0 || pid !== daemon.pid || daemon.end !== undefined)
    throw new Error("the good client was disturbed");
});

const pipe = () => RawClient.connect({ path: found.pipe });
const http = () => RawClient.connect({ port: Number(new URL(found.url).port), host: "127.0.0.1" });

describe("before hello", () => {
  test.each([
    ["a wrong token", helloOf("wrong")],
    ["no token", helloOf(undefined)],
    ["a token that is no text", { ...helloOf(""), token: { toString: "x" } }],
    ["no parameters", undefined],
  ])("%s: nothing is learned, and the connection ends", async (_, params) => {
    await using raw = await pipe();
    raw.request(1, "hello", params);
    await raw.isLetGo();
    expect(raw.received).toEqual([
      {
        jsonrpc: "2.0",
        id: 1,
        error: { code: studioErrorCode.unauthenticated, message: "the token is missing or wrong" },
      },
    ]);
  });

  test("any other request is refused, and the connection ends", async () => {
    await using raw = await pipe();
    raw.request(1, listServers.method, {});
    await raw.isLetGo();
    expect(raw.received).toMatchObject([{ id: 1, error: { code: studioErrorCode.unauthenticated } }]);
  });

  test("another version of the protocol is told which side to update", async () => {
    await using raw = await pipe();
    raw.request(1, "hello", { ...helloOf(found.token), protocolVersion: 999 });
    await raw.isLetGo();
    expect(raw.received).toMatchObject([{ id: 1, error: { code: studioErrorCode.protocolVersion } }]);
    expect(raw.receivedText).toContain("update the daemon");
  });

  test("a client that is of no known kind is told which field is wrong", async () => {
    await using raw = await pipe();
    raw.request(1, "hello", { ...helloOf(found.token), client: { kind: "robot", name: "x", version: "1", pid: 1 } });
    await raw.isLetGo();
    expect(raw.received).toMatchObject([{ id: 1, error: { code: ErrorCodes.InvalidParams } }]);
    expect(raw.receivedText).toContain("client.kind");
  });

  test("a message that is larger than a hello can be is not waited for", async () => {
    await using raw = await pipe();
    raw.send("Content-Length: 1000000\r\n\r\n");
    await raw.isLetGo();
    expect(raw.received).toMatchObject([{ error: { code: studioErrorCode.limit } }]);
  });
});

test("silence instead of hello ends the connection in time", async () => {
  await using raw = await pipe();
  raw.send("Content-Length: 50\r\n\r\n{");
  await until(() => raw.isClosed, { timeoutMs: 15_000, what: "the end of a silent connection" });
  expect(raw.receivedText).toContain("no hello within 10000 ms");
});

describe("frames", () => {
  test.each([
    ["garbage", "\0\x01\x02 garbage \r\n\r\n", ErrorCodes.ParseError],
    ["a header without a length", "Content-Type: x\r\n\r\n{}", ErrorCodes.ParseError],
    ["no JSON", "Content-Length: 5\r\n\r\n{oops", ErrorCodes.ParseError],
    ["no message", frameOf({ hello: "there" }), ErrorCodes.InvalidRequest],
    ["a batch", frameOf([{ jsonrpc: "2.0", id: 1, method: "servers/list" }]), ErrorCodes.InvalidRequest],
    ["a message above the limit", `Content-Length: ${65 * 2 ** 20}\r\n\r\n`, studioErrorCode.limit],
    ["a header that never ends", "x".repeat(10_000), studioErrorCode.limit],
  ])("%s: the connection ends with an error that says why", async (_, text, code) => {
    await using raw = await RawClient.welcome(found);
    raw.send(text);
    await raw.isLetGo();
    expect(raw.received.slice(1)).toEqual([{ jsonrpc: "2.0", id: null, error: { code, message: expect.any(String) } }]);
  });

  test("half a frame and then nothing costs only its connection", async () => {
    const raw = await RawClient.welcome(found);
    raw.send("Content-Length: 1000\r\n\r\n{");
    await raw[Symbol.asyncDispose]();
    const clients = async () => (await good.ask(daemonStatus, {})).clients;
    await until(async () => (await clients()) === 1, { timeoutMs: 5000, what: "one client" });
    expect(await clients()).toBe(1);
  });
});

describe("requests", () => {
  test("an unknown method is told by its name, and the connection goes on", async () => {
    await using raw = await RawClient.welcome(found);
    raw.request(1, "servers/explode", {});
    raw.request(2, "__proto__", {});
    raw.request(3, listServers.method, {});
    expect((await raw.receives(({ id }) => id === 1)).error).toMatchObject({ code: ErrorCodes.MethodNotFound });
    expect((await raw.receives(({ id }) => id === 2)).error).toMatchObject({ code: ErrorCodes.MethodNotFound });
    expect((await raw.receives(({ id }) => id === 3)).result).toEqual([]);
  });

  test.each([
    ["agents/list", { offset: -1, limit: 5 }, "offset"],
    ["agents/list", { offset: 0, limit: 501 }, "limit"],
    ["agents/list", { offset: 0 }, "limit"],
    ["agents/list", { offset: "0", limit: 5 }, "offset"],
    ["servers/info", {}, "serverId"],
    ["servers/info", { serverId: ["s"] }, "serverId"],
    ["servers/info", [1, 2], "parameters"],
    ["servers/start", { cwd: 5 }, "cwd"],
    ["servers/connect", { host: "h", port: 70_000 }, "port"],
    ["runs/start", { script: "x", env: { A: 1 } }, "env.A"],
    ["input/answer", { questionId: "q" }, "answer"],
    ["subscribe", { topic: "everything" }, "topic"],
    ["subscribe", { topic: "memory", serverId: "s" }, "agentId"],
    ["log/tail", { limit: 1e9 }, "limit"],
  ])("%s with wrong parameters (%j) names the field %s", async (method, params, field) => {
    await using raw = await RawClient.welcome(found);
    raw.request(1, method, params);
    const { error } = await raw.receives(({ id }) => id === 1);
    expect(error).toEqual({ code: ErrorCodes.InvalidParams, message: expect.stringContaining(field) });
  });

  test("a second hello is refused, and so is a second request with an id that is open", async () => {
    await using raw = await RawClient.welcome(found);
    raw.request(1, "hello", helloOf(found.token));
    expect((await raw.receives(({ id }) => id === 1)).error).toMatchObject({ code: ErrorCodes.InvalidRequest });
    const twice = frameOf({ jsonrpc: "2.0", id: 2, method: daemonStatus.method, params: {} });
    raw.send(twice + twice);
    await until(() => raw.received.filter(({ id }) => id === 2).length === 2, { timeoutMs: 5000, what: "two answers" });
    expect(raw.received.filter(({ id, error }) => id === 2 && error?.code === ErrorCodes.InvalidRequest)).toHaveLength(
      1,
    );
  });

  test("what a server or a script says of itself must have its form", async () => {
    for (const [kind, method] of [
      ["server", "server/attach"],
      ["script", "run/attach"],
    ] as const) {
      await using client = await Editor.connect(found, kind);
      await expect(client.rpc.sendRequest(method, { serverId: 5, runId: 5 })).rejects.toThrow(/serverId|runId/);
      await expect(client.rpc.sendRequest(listServers.method, {})).rejects.toThrow(/knows no method/);
    }
  });
});

test("a flood of requests whose answers nobody reads is held up, not held in memory", async () => {
  await using raw = await RawClient.welcome(found);
  raw.socket.pause();
  const before = residentBytes(found.pid);
  let sent = 0;
  let isHeldUp = false;
  const batch = (from: number) =>
    Array.from({ length: 1000 }, (_, index) =>
      frameOf({ jsonrpc: "2.0", id: from + index, method: "log/tail", params: { limit: 5000 } }),
    ).join("");
  while (!isHeldUp && sent < 1_000_000) {
    if (!raw.socket.write(batch(sent))) {
      isHeldUp = await Promise.race([once(raw.socket, "drain").then(() => false), pause(1000, true)]);
    }
    sent += 1000;
  }
  expect(isHeldUp).toBe(true);
  expect((await good.ask(daemonStatus, {})).pid).toBe(found.pid);
  expect(residentBytes(found.pid) - before).toBeLessThan(100e6);
});

describe("HTTP", () => {
  async function answer(request: string): Promise<string> {
    await using raw = await http();
    raw.send(request);
    await raw.isLetGo();
    return raw.receivedText;
  }
  const get = (path: string, headers = "") =>
    `GET ${path} HTTP/1.1\r\n${headers.includes("Upgrade") ? "" : "Connection: close\r\n"}${headers}\r\n`;
  const host = "Host: 127.0.0.1\r\n";
  const post = (path: string, body: string, type = "application/json") =>
    `POST ${path} HTTP/1.1\r\nConnection: close\r\n${host}Content-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

  test.each([
    ["a page of another site", get("/api/servers/all", `${host}Origin: http://evil.example\r\n`), 403],
    ["a page without an origin", get("/api/servers/all", `${host}Origin: null\r\n`), 403],
    ["an image of another site", get("/api/servers/all", `${host}Sec-Fetch-Site: cross-site\r\n`), 403],
    ["a name that was made to mean this machine", get("/api/servers/all", "Host: evil.example\r\n"), 403],
    ["a wrong token", get("/api/servers/all", `${host}Authorization: Bearer wrong\r\n`), 401],
    ["an unknown path", get("/nothing", host), 404],
    ["a method that the path does not have", get("/api/servers/register", host), 405],
    ["an unknown server", get("/api/servers/status/none", host), 404],
    ["no JSON", post("/api/servers/register", "{"), 400],
    ["a field of the wrong type", post("/api/servers/register", '{"server_id":"s","host":"h","port":"x"}'), 400],
    ["a form", post("/api/servers/register", "server_id=s", "application/x-www-form-urlencoded"), 415],
    ["a body above the limit", post("/api/servers/register", `"${"x".repeat(2 ** 20)}"`), 413],
    ["no HTTP", "hello there\r\n\r\n", 400],
    ["a header above the limit", get("/", `${host}X: ${"y".repeat(100_000)}\r\n`), 431],
    [
      "an upgrade of a page",
      get("/rpc", `${host}Origin: http://127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: agentscope-rpc\r\n`),
      403,
    ],
    ["an upgrade to something else", get("/rpc", `${host}Connection: Upgrade\r\nUpgrade: websocket\r\n`), 426],
    [
      "a tunnel without the token",
      get("/tunnel/x", `${host}Connection: Upgrade\r\nUpgrade: agentscope-tunnel\r\n`),
      401,
    ],
  ])("%s is refused", async (_, request, status) => {
    const text = await answer(request);
    expect(text.split("\r\n")[0]).toContain(` ${status} `);
  });

  test("errors are JSON with a sentence", async () => {
    const text = await answer(post("/api/servers/register", '{"server_id":"s","host":"h"}'));
    expect(JSON.parse(text.slice(text.indexOf("{")))).toEqual({
      status: "error",
      message: expect.stringContaining("port"),
    });
  });
});
