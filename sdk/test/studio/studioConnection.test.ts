import { type AddressInfo, connect as openSocket, createServer, type Server, type Socket } from "node:net";
import { RequestType, NotificationType } from "vscode-jsonrpc";
import { afterEach, describe, expect, test, vi } from "vitest";
import { StudioConnection, type StudioConnectionOptions } from "../../src/studio/studioConnection.js";
import type { StudioLine } from "../../src/studio/studioLine.js";
import { until } from "../until.js";
import { FakeDaemon, type FakeDaemonOptions } from "./fakeDaemon.js";

const question = new RequestType<{ text: string }, { answer: string }, void>("test/question");
const news = new NotificationType<{ text: string }>("test/news");

vi.setConfig({ testTimeout: 20_000 });

const owned: AsyncDisposable[] = [];

afterEach(async () => {
  for (const one of owned.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

async function daemon(options?: FakeDaemonOptions): Promise<FakeDaemon> {
  const started = await FakeDaemon.start(options);
  owned.push(started);
  return started;
}

function connect(options: Partial<StudioConnectionOptions> & Pick<StudioConnectionOptions, "address">) {
  const lines: StudioLine[] = [];
  const warnings: string[] = [];
  const connection = new StudioConnection({
    client: { kind: "script", name: "a test" },
    opened: (line) => void lines.push(line),
    warn: (text) => warnings.push(text),
    ...options,
  });
  owned.push(connection);
  connection.start();
  return { connection, lines, warnings };
}

describe("a connection to a daemon", () => {
  test("says hello with its token, and asks", async () => {
    const there = await daemon({
      token: "secret",
      serve: ({ rpc }) => rpc.onRequest(question, ({ text }) => ({ answer: `${text}!` })),
    });
    const { connection, warnings } = connect({ address: () => there.address });
    const line = await connection.whenOpen(10_000);
    expect(await line.request(question, { text: "yes" })).toEqual({ answer: "yes!" });
    expect(there.hellos).toMatchObject([{ token: "secret", client: { kind: "script", pid: process.pid } }]);
    expect(warnings).toEqual([]);
  });

  test("is opened again when the daemon is back, at another port, and its owner announces itself again", async () => {
    let there = await daemon();
    const { connection, lines } = connect({ address: () => there.address });
    await connection.whenOpen(10_000);
    const former = there;
    there = await daemon();
    await former[Symbol.asyncDispose]();
    await until(() => lines.length === 2, { timeoutMs: 10_000, what: "the second line" });
    expect(lines[0]?.ended.aborted).toBe(true);
    expect(connection.line?.url).toBe(there.address.url);
  });

  test("ends what waits for an answer when the daemon is gone", async () => {
    const there = await daemon({ serve: ({ rpc }) => rpc.onRequest(question, () => new Promise<never>(() => {})) });
    const { connection } = connect({ address: () => there.address });
    const line = await connection.whenOpen(10_000);
    const answer = line.request(question, { text: "?" });
    answer.catch(() => {});
    await until(() => there.clients.length === 1, { timeoutMs: 10_000, what: "the connection" });
    there.client.socket.destroy();
    await expect(answer).rejects.toMatchObject({ code: "STUDIO_UNREACHABLE" });
    await expect(answer).rejects.toThrow(`the daemon at ${there.address.url} is gone`);
    await expect(line.request(question, { text: "?" })).rejects.toMatchObject({ code: "STUDIO_UNREACHABLE" });
    await line.notify(news, { text: "dropped" });
  });

  test("tells the daemon of a question that is given up", async () => {
    let asked = false;
    let cancelled = false;
    const there = await daemon({
      serve: ({ rpc }) =>
        rpc.onRequest(question, (_params, token) => {
          asked = true;
          token.onCancellationRequested(() => (cancelled = true));
          return new Promise<never>(() => {});
        }),
    });
    const { connection } = connect({ address: () => there.address });
    const line = await connection.whenOpen(10_000);
    const giveUp = new AbortController();
    const answer = line.request(question, { text: "?" }, { signal: giveUp.signal });
    await until(() => asked, { timeoutMs: 10_000, what: "the question" });
    giveUp.abort(new Error("not wanted"));
    await expect(answer).rejects.toThrow("not wanted");
    await until(() => cancelled, { timeoutMs: 10_000, what: "the cancellation" });
  });

  test("answers the daemon, with an error's words where it can't", async () => {
    const there = await daemon();
    const { connection } = connect({
      address: () => there.address,
      opened: (line) =>
        line.onRequest(question, ({ text }) => {
          if (text === "bad") throw new TypeError("not that");
          return { answer: text };
        }),
    });
    await connection.whenOpen(10_000);
    const { rpc } = there.client;
    expect(await rpc.sendRequest(question, { text: "good" })).toEqual({ answer: "good" });
    await expect(rpc.sendRequest(question, { text: "bad" })).rejects.toThrow("TypeError: not that");
  });

  test("a wrong token is told once, and tried again when it has changed", async () => {
    const there = await daemon({ token: "right" });
    let token = "wrong";
    const { connection, warnings } = connect({ address: () => ({ ...there.address, token }) });
    await expect(connection.whenOpen(10_000)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("AGENTSCOPE_STUDIO_TOKEN");
    await expect(connection.whenOpen(10_000)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    expect(there.hellos).toHaveLength(1);
    token = "right";
    await until(() => connection.line !== undefined, { timeoutMs: 10_000, what: "a line with the right token" });
    expect(warnings).toHaveLength(1);
  });

  test("another version of the protocol names the side to update", async () => {
    const there = await daemon({ protocolVersion: 0 });
    const { connection } = connect({ address: () => there.address });
    await expect(connection.whenOpen(10_000)).rejects.toThrow("update the daemon (its version is 0.0.0)");
  });

  test("an absent daemon is told of once where somebody named it, and is found when it comes", async () => {
    const first = await daemon();
    const { port } = first;
    await first[Symbol.asyncDispose]();
    const address = { url: `http://127.0.0.1:${port}`, token: undefined };
    const named = connect({ address: () => ({ ...address, isNamed: true }) });
    const found = connect({ address: () => ({ ...address, isNamed: false }) });
    await expect(named.connection.whenOpen(300)).rejects.toThrow("no daemon can be reached at");
    await daemon({ port });
    await until(() => named.lines.length + found.lines.length === 2, { timeoutMs: 10_000, what: "both lines" });
    expect(named.warnings).toHaveLength(1);
    expect(found.warnings).toEqual([]);
  });

  test("what listens there and is no daemon is named so", async () => {
    const web = createServer((socket) => socket.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"));
    await listening(web);
    const { connection, warnings } = connect({
      address: () => ({ url: `http://127.0.0.1:${portOf(web)}`, token: undefined, isNamed: true }),
    });
    await expect(connection.whenOpen(300)).rejects.toThrow("what listens there is no daemon of this kind (HTTP 404)");
    expect(warnings).toHaveLength(1);
    web.close();
  });

  test("an announcement that is refused is told once", async () => {
    const there = await daemon({
      serve: ({ rpc }) =>
        rpc.onRequest(question, () => {
          throw new Error("the id is taken");
        }),
    });
    const { connection, warnings } = connect({
      address: () => there.address,
      opened: async (line) => void (await line.request(question, { text: "?" })),
    });
    await expect(connection.whenOpen(10_000)).rejects.toThrow("the id is taken");
    expect(warnings).toHaveLength(1);
    expect(connection.line).toBeUndefined();
  });

  test("closing waits for what was written", async () => {
    const heard: string[] = [];
    const there = await daemon({ serve: ({ rpc }) => rpc.onNotification(news, ({ text }) => void heard.push(text)) });
    const { connection } = connect({ address: () => there.address });
    const line = await connection.whenOpen(10_000);
    // Five of them are more than Linux takes from a socket at once (4 MB); what is not taken within a second is given up.
    const text = "x".repeat(1_300_000);
    for (let count = 0; count < 5; count++) void line.notify(news, { text });
    await connection.close();
    await until(() => heard.length === 5, { timeoutMs: 10_000, what: "all that was written" });
    expect(heard.every((one) => one === text)).toBe(true);
  });

  test("a daemon that says nothing any more is given up", async () => {
    const sockets = new Set<Socket>();
    let isDeaf = false;
    const there = await daemon();
    const proxy = createServer((from) => {
      const to = openSocket(there.port, "127.0.0.1");
      from.on("data", (bytes) => void (isDeaf || to.write(bytes)));
      to.on("data", (bytes) => void (isDeaf || from.write(bytes)));
      for (const socket of [from, to]) sockets.add(socket.on("error", () => {}));
    });
    await listening(proxy);
    const url = `http://127.0.0.1:${portOf(proxy)}`;
    const { connection } = connect({ address: () => ({ ...there.address, url }) });
    const line = await connection.whenOpen(10_000);
    isDeaf = true;
    await until(() => line.ended.aborted, { timeoutMs: 12_000, what: "the end of the silent line" });
    expect(String(line.ended.reason)).toMatch(/nothing was heard of it for 7.5 s/);
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
});

function listening(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
