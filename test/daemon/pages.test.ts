import { request } from "node:http";
import { type Discovery, studioProtocolVersion } from "agentscope-distributed/studio";
import { daemonStatus, listServers, openPage, startServer, stopDaemon } from "agentscope-distributed-daemon/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { asStudio, DaemonProcess, StateFolder } from "../processes/daemonProcess.js";
import { until } from "../processes/until.js";
import { Editor } from "./editor.js";
import { PageSocket } from "./pageSocket.js";

let state: StateFolder;
let daemon: DaemonProcess;
let found: Discovery;
let editor: Editor;

beforeAll(async () => {
  state = await StateFolder.make();
  daemon = await DaemonProcess.start(state);
  if (state.found === undefined) throw new Error("no daemon");
  found = state.found;
  editor = await Editor.connect(found);
});
afterAll(async () => {
  await editor[Symbol.asyncDispose]();
  await daemon[Symbol.asyncDispose]();
  await state[Symbol.asyncDispose]();
});

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${found.url}${path}`, { headers, redirect: "manual" });

function exchange(code: string, headers: Record<string, string> = {}): Promise<Response> {
  const method = { method: "POST", headers: { "content-type": "application/json", ...headers } };
  return fetch(`${found.url}/studio/session`, { ...method, body: JSON.stringify({ code }) });
}

async function newCode(page?: string): Promise<string> {
  const { url } = await editor.ask(openPage, page === undefined ? {} : { page });
  return url.slice(url.indexOf("#") + 1);
}

/** The cookie of a browser that was let in. */
async function letIn(): Promise<string> {
  const answer = await exchange(await newCode());
  return (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}

/** What a page of another host's name sends: fetch lets nobody choose `Host`. */
function statusFor(path: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((settle, fail) => {
    const asked = request(`${found.url}${path}`, { headers }, (answer) => {
      answer.resume();
      settle(answer.statusCode);
    });
    asked.on("error", fail).end();
  });
}

const ownPage = (cookie: string) => ({ cookie, origin: found.url });
const helloOf = (kind: string, more: object = {}) => ({
  protocolVersion: studioProtocolVersion,
  client: { kind, name: "a page", version: "1", pid: 0 },
  ...more,
});

async function welcomed(cookie: string): Promise<PageSocket> {
  const page = await PageSocket.open(found.url, ownPage(cookie));
  if (typeof page === "number") throw new Error(`refused with ${page}`);
  page.ask(0, "hello", helloOf("browser"));
  expect(await page.answerTo(0)).toMatchObject({ result: { version: found.version } });
  return page;
}

test("without a session there is no page but the one that says how to get one", async () => {
  expect((await get("/")).headers.get("location")).toBe("/studio/");
  for (const path of ["/studio/", "/studio/servers", "/studio/memory/s/a"]) {
    const answer = await get(path);
    expect(answer.status).toBe(401);
    expect(await answer.text()).toContain("as-studio open");
  }
  expect((await get("/studio/session")).status).toBe(401);
});

test("a code opens a session once, and the session opens the pages", async () => {
  const code = await newCode("resources/a%20b");
  const answer = await exchange(code);
  expect(answer.status).toBe(204);
  const cookie = (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  expect((await exchange(code)).status).toBe(401);
  expect((await exchange("guessed")).status).toBe(401);
  expect((await get("/studio/session", { cookie })).status).toBe(204);
  const page = await get("/studio/resources/a%20b", { cookie });
  expect(page.status).toBe(200);
  expect(page.headers.get("content-type")).toContain("text/html");
});

test("a terminal gives the address, and the token is not in it", async () => {
  const { stdout } = await asStudio(state, "open", "--print", "runs");
  const url = stdout.trim();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/studio\/runs#[\w-]{43}$/);
  expect(url).not.toContain(found.token);
  expect((await exchange(new URL(url).hash.slice(1))).status).toBe(204);
  await expect(editor.ask(openPage, { page: "//evil.example" })).rejects.toThrow(/page: is no path/);
});

test("the pages' headers let nothing in but the daemon's own files", async () => {
  const { headers } = await get("/studio/", { cookie: await letIn() });
  const policy = headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe|\*/);
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("referrer-policy")).toBe("no-referrer");
  expect(headers.get("cache-control")).toBe("no-store");
});

test("no path leads out of the folder of the pages' files", async () => {
  for (const name of ["..%2f..%2fpackage.json", "%2e%2e%2fpackage.json", "..", "x.json", ".html", "%00.js"]) {
    expect((await get(`/studio/assets/${name}`)).status).not.toBe(200);
  }
});

test("pages of other sites get neither a session nor a page's socket, with whatever cookie", async () => {
  const cookie = await letIn();
  const { host, port } = new URL(found.url);
  for (const origin of ["http://evil.example", "null", "http://127.0.0.1:1", `https://${host}`, "file://"]) {
    expect(await PageSocket.open(found.url, { cookie, origin })).toBe(403);
    expect((await exchange(await newCode(), { origin })).status).toBe(403);
  }
  expect(await PageSocket.open(found.url, { cookie })).toBe(403);
  const rebound = `evil.example:${port}`;
  expect(await PageSocket.open(found.url, { cookie, host: rebound, origin: `http://${rebound}` })).toBe(403);
  expect(await statusFor("/studio/", { cookie, host: rebound })).toBe(403);
  expect((await get("/studio/", { cookie, "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" })).status).toBe(
    403,
  );
});

test("a link on another site leads to a page, and to nothing else", async () => {
  const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
  // fetch chooses these headers by itself.
  expect(await statusFor("/studio/", link)).toBe(401);
  expect(await statusFor("/api/servers/all", link)).toBe(403);
  expect(await statusFor("/studio/", { ...link, "sec-fetch-dest": "iframe" })).toBe(403);
});

test("a page's socket needs a session", async () => {
  expect(await PageSocket.open(found.url, { origin: found.url })).toBe(401);
  expect(await PageSocket.open(found.url, ownPage("agentscope-studio=1"))).toBe(401);
  expect(await PageSocket.open(found.url, { origin: found.url, authorization: `Bearer ${found.token}` })).toBe(401);
});

test("a page asks for what it shows, and can start nothing, connect to nothing and end no daemon", async () => {
  using page = await welcomed(await letIn());
  page.ask(1, listServers.method, {});
  expect(await page.answerTo(1)).toMatchObject({ result: [] });
  const refused = [startServer, stopDaemon, openPage].map(({ method }) => method);
  for (const [index, method] of [...refused, "runs/start", "servers/connect", "models/set"].entries()) {
    page.ask(10 + index, method, {});
    expect(await page.answerTo(10 + index)).toMatchObject({ error: { code: -32_601 } });
  }
});

test("a page follows what it shows, is a client meanwhile, and is none when it is gone", async () => {
  const clients = async () => (await editor.ask(daemonStatus, {})).clients;
  const areClients = (number: number) =>
    until(async () => (await clients()) === number, { timeoutMs: 10_000, what: `${number} clients` });
  await areClients(1);
  const page = await welcomed(await letIn());
  page.ask(1, "subscribe", { topic: "tree" });
  const event = { params: { event: { kind: "tree", snapshot: true } } };
  await until(() => page.received.some(({ method }) => method === "subscription/event"), {
    timeoutMs: 10_000,
    what: "an event",
  });
  expect(page.received.find(({ method }) => method === "subscription/event")).toMatchObject(event);
  await areClients(2);
  page[Symbol.dispose]();
  await areClients(1);
});

test("a page is a browser, and says hello first", async () => {
  const cookie = await letIn();
  for (const [method, params] of [
    ["hello", helloOf("script")],
    ["hello", helloOf("editor", { token: "wrong" })],
    [listServers.method, {}],
  ] as const) {
    const page = await PageSocket.open(found.url, ownPage(cookie));
    if (typeof page === "number") throw new Error(`refused with ${page}`);
    page.ask(1, method, params);
    expect(await page.answerTo(1)).toHaveProperty("error");
    await page.isLetGo();
  }
});

test("what is no JSON, or too large, ends that page's socket alone", async () => {
  const cookie = await letIn();
  using other = await welcomed(cookie);
  const noJson = await welcomed(cookie);
  noJson.sendText("hello?");
  await noJson.isLetGo();
  const large = await welcomed(cookie);
  large.ask(1, listServers.method, { x: "x".repeat(2 ** 17) });
  expect(await large.isLetGo()).toBe(1009);
  other.ask(1, listServers.method, {});
  expect(await other.answerTo(1)).toMatchObject({ result: [] });
});
