import { join } from "node:path";
import {
  daemonStatus,
  type DaemonStatus,
  serverInfo,
  type StreamEvent,
  studioErrorCode,
  subscribe,
} from "agentscope-distributed-daemon/protocol";
import { ResponseError } from "vscode-jsonrpc/node";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DaemonClient } from "../../src/daemon/daemonClient.js";
import { joinDaemon } from "../../src/daemon/daemonLauncher.js";
import { until } from "../until.js";
import { FakeDaemon } from "./fakeDaemon.js";
import { serverRow, treeEvent } from "./rows.js";

let daemon: FakeDaemon;
let client: DaemonClient;
let running: Promise<void>;

beforeEach(async () => {
  daemon = await FakeDaemon.start();
  client = new DaemonClient({
    name: "test",
    version: "0.1.0",
    timeoutMs: 2_000,
    firstPauseMs: 10,
    longestPauseMs: 50,
    join: () => joinDaemon({ script: join(daemon.folder, "none.js"), mayStart: false, env: daemon.env }),
  });
  running = client.run();
});

afterEach(async () => {
  client.close();
  await running;
  await daemon[Symbol.asyncDispose]();
});

const isConnected = () => client.state.kind === "connected";
const connected = () => until(isConnected, { timeoutMs: 5_000, what: "a connection" });
const subscribed = (number: number) =>
  until(() => daemon.subscriptions.size === number, { timeoutMs: 5_000, what: `${number} subscriptions` });

describe("requests", () => {
  test("one that is made before there is a daemon waits for it", async () => {
    daemon.answer(daemonStatus, () => ({ pid: 7 }) as DaemonStatus);
    expect(client.state.kind).toBe("connecting");
    expect((await client.request(daemonStatus, {})).pid).toBe(7);
  });

  test("a no of the daemon says why, and is told from a daemon that is gone", async () => {
    daemon.answer(serverInfo, () => {
      throw new ResponseError(studioErrorCode.notFound, "there is no server x");
    });
    await expect(client.request(serverInfo, { serverId: "x" })).rejects.toMatchObject({
      code: "refused",
      message: "there is no server x",
    });
  });

  test("a daemon that does not answer holds nothing up, and is known as silent until it speaks", async () => {
    const answers: ((status: DaemonStatus) => void)[] = [];
    daemon.answer(daemonStatus, () => {
      return new Promise((resolve) => {
        answers.push(resolve);
      });
    });
    await expect(client.request(daemonStatus, {}, { timeoutMs: 300 })).rejects.toMatchObject({
      code: "silent",
      message: `The daemon (process ${process.pid}) did not answer daemon/status within 0.3 s.`,
    });
    expect(client.state).toMatchObject({ kind: "connected", silent: true });
    for (const answer of answers) answer({ pid: 7 } as DaemonStatus);
    await until(() => client.state.kind === "connected" && !client.state.silent, {
      timeoutMs: 5_000,
      what: "a daemon that speaks",
    });
  });

  test("a daemon that takes connections and never greets is down, with its process named", async () => {
    await connected();
    daemon.isFrozen = true;
    await daemon.die();
    await daemon.listen();
    await until(() => client.state.kind === "down" && client.state.failure.code === "silent", {
      timeoutMs: 5_000,
      what: "the end of waiting for a greeting",
    });
    expect(client.state).toMatchObject({ failure: { message: expect.stringContaining(`process ${process.pid}`) } });
  });

  test("what waits for an answer fails when the daemon dies", async () => {
    daemon.answer(daemonStatus, () => new Promise(() => {}));
    await connected();
    const answer = client.request(daemonStatus, {}, { timeoutMs: 60_000 });
    const outcome = answer.catch((error: unknown) => error);
    await daemon.die();
    expect(await outcome).toMatchObject({ code: "down" });
  });

  test("one that the person cancels ends with what it was cancelled with", async () => {
    daemon.answer(daemonStatus, () => new Promise(() => {}));
    await connected();
    const abort = new AbortController();
    const answer = client.request(daemonStatus, {}, { signal: abort.signal, timeoutMs: 60_000 });
    const outcome = answer.catch((error: unknown) => error);
    abort.abort(new Error("never mind"));
    expect(await outcome).toMatchObject({ message: "never mind" });
  });
});

describe("watching", () => {
  test("events go to who watches, until that one stops", async () => {
    const events: StreamEvent[] = [];
    const stop = client.watch({ topic: "tree" }, (event) => events.push(event));
    await subscribed(1);
    await daemon.tell("tree", treeEvent({ snapshot: true, servers: [serverRow({ serverId: "a" })] }));
    await until(() => events.length === 1, { timeoutMs: 5_000, what: "an event" });
    expect(events[0]).toMatchObject({ kind: "tree", snapshot: true, servers: [{ serverId: "a" }] });
    stop();
    await subscribed(0);
  });

  test("a watch outlives the daemon: the next one is asked for it anew", async () => {
    const events: StreamEvent[] = [];
    client.watch({ topic: "tree" }, (event) => events.push(event));
    await subscribed(1);
    await daemon.die();
    await until(() => !isConnected(), { timeoutMs: 5_000, what: "the end of the connection" });
    await daemon.listen();
    await subscribed(1);
    await daemon.tell("tree", treeEvent({ snapshot: true }));
    await until(() => events.length === 1, { timeoutMs: 5_000, what: "an event of the next daemon" });
    expect(events[0]).toMatchObject({ kind: "tree", snapshot: true });
  });

  test("one that the daemon had not answered yet when it died is asked for anew, and not told of an end", async () => {
    const events: StreamEvent[] = [];
    const asked = new Promise<void>((resolve) => {
      daemon.answer(subscribe, () => {
        resolve();
        return new Promise(() => {});
      });
    });
    client.watch({ topic: "tree" }, (event) => events.push(event));
    await asked;
    daemon.answer(subscribe, (topic) => daemon.subscribe(topic));
    await daemon.die();
    await daemon.listen();
    await subscribed(1);
    await daemon.tell("tree", treeEvent({ snapshot: true }));
    await until(() => events.length > 0, { timeoutMs: 5_000, what: "an event of the next daemon" });
    expect(events).toMatchObject([{ kind: "tree", snapshot: true }]);
  });

  test("one that the daemon answers past the time limit is told from then on, and leaves no subscription", async () => {
    const events: StreamEvent[] = [];
    let answer = () => {};
    daemon.answer(subscribe, (topic) => {
      return new Promise((resolve) => {
        answer = () => resolve(daemon.subscribe(topic));
      });
    });
    await connected();
    const stop = client.watch({ topic: "tree" }, (event) => events.push(event));
    await until(() => client.state.kind === "connected" && client.state.silent, {
      timeoutMs: 10_000,
      what: "a daemon that is known as silent",
    });
    answer();
    await until(() => client.state.kind === "connected" && !client.state.silent, {
      timeoutMs: 5_000,
      what: "a daemon that speaks",
    });
    await daemon.tell("tree", treeEvent({ snapshot: true }));
    await until(() => events.length > 0, { timeoutMs: 5_000, what: "an event" });
    expect(events).toMatchObject([{ kind: "tree", snapshot: true }]);
    stop();
    await subscribed(0);
  });

  test("a watch that ends before the daemon has answered leaves no subscription", async () => {
    await connected();
    for (let round = 0; round < 100; round += 1) client.watch({ topic: "log" }, () => {})();
    daemon.answer(daemonStatus, () => ({ pid: 7 }) as DaemonStatus);
    await client.request(daemonStatus, {});
    await subscribed(0);
    expect(client.state.kind).toBe("connected");
  });
});

test("a closed client is gone from the daemon, and joins no other", async () => {
  await connected();
  client.close();
  await running;
  await until(() => daemon.clients === 0, { timeoutMs: 5_000, what: "the end of the connection" });
  await expect(client.request(daemonStatus, {})).rejects.toMatchObject({ code: "down" });
});

test("states go from connecting to connected, and to connecting again when the daemon dies", async () => {
  const kinds: string[] = [];
  client.stateChanged.on(({ kind }) => kinds.push(kind));
  await connected();
  await daemon.die();
  await until(() => client.state.kind === "down", { timeoutMs: 5_000, what: "a client without a daemon" });
  await daemon.listen();
  await connected();
  expect(kinds.slice(0, 3)).toEqual(["connected", "connecting", "down"]);
  expect(kinds.at(-1)).toBe("connected");
});
