import { Msg } from "agentscope-distributed";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Caller } from "../../fixtures/agents/caller.js";
import { Echo } from "../../fixtures/agents/echo.js";
import { Tally } from "../../fixtures/agents/tally.js";
import { Unresponsive } from "../../fixtures/agents/unresponsive.js";
import { AgentServer } from "../../processes/agentServer.js";
import { TcpProxy } from "../../processes/tcpProxy.js";
import { until } from "../../processes/until.js";

vi.setConfig({ maxConcurrency: 10 });

let server: AgentServer;
let other: AgentServer;

beforeAll(async () => {
  [server, other] = await Promise.all([AgentServer.start(["--workers", "2"]), AgentServer.start(["--workers", "1"])]);
});

afterAll(async () => {
  await Promise.all([server[Symbol.asyncDispose](), other[Symbol.asyncDispose]()]);
});

const say = (content: unknown, metadata?: unknown) => new Msg({ name: "user", content, role: "user", metadata });
/**
 * Cuts the connections again and again, as long as there is progress in between: a busy machine may take longer than that to
 * connect.
 */
function cutting(proxy: TcpProxy, { everyMs, progress }: { everyMs: number; progress: () => number }) {
  let [cuts, before] = [0, -1];
  const timer = setInterval(() => {
    if (progress() === before) return;
    before = progress();
    proxy.cut();
    cuts++;
  }, everyMs);
  return { count: () => cuts, [Symbol.dispose]: () => clearInterval(timer) };
}

/** Counts those that have ended. */
function counting(results: readonly PromiseLike<unknown>[]): () => number {
  let ended = 0;
  const note = () => ended++;
  for (const result of results) void result.then(note, note);
  return () => ended;
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

test.concurrent("each call runs exactly once, in order, and each result arrives, although the connection is cut again and again", async () => {
  await using proxy = await TcpProxy.start(server.port);
  const tallies = numbers(3).map((index) => new Tally({ name: `T${index}` }).toDist(proxy.at));
  await Promise.all(tallies.map((tally) => tally.ready()));
  const count = 1000;
  const results: PromiseLike<unknown>[] = [];
  let arrived = 0;
  using cuts = cutting(proxy, { everyMs: 25, progress: () => arrived });
  for (const index of numbers(count)) {
    // Some of them with a value that travels in chunks.
    const metadata = index % 100 === 0 ? "x".repeat(300_000) : undefined;
    for (const tally of tallies) {
      const { content } = tally(say(index, metadata));
      results.push(content);
      void content.then(
        () => arrived++,
        () => {},
      );
    }
    if (index % 10 === 0) await new Promise(setImmediate);
  }
  const answers = await Promise.all(results);
  expect(answers).toEqual(numbers(count).flatMap((index) => tallies.map(() => index)));
  for (const tally of tallies) expect(await tally.seen()).toEqual(numbers(count));
  expect(cuts.count()).toBeGreaterThan(3);
  expect(proxy.accepted).toBeGreaterThan(3);
});

test.concurrent("results that are ready while the connection is cut arrive when it is back", async () => {
  await using proxy = await TcpProxy.start(server.port);
  const tally = new Tally({ name: "T" }).toDist(proxy.at);
  await tally.ready();
  const large = numbers(8).map((index) => tally(say(index, "y".repeat(2_000_000))));
  const direct = new Tally({ name: "T" }).toDist({ ...server.at, agentId: tally.agentId, connectExisting: true });
  await until(async () => (await direct.seen()).length > 3, { timeoutMs: 30_000, what: "some calls" });
  proxy.cut();
  expect(await Promise.all(large.map(({ content }) => content))).toEqual(numbers(8));
  expect(await Promise.all(large.map(async ({ metadata }) => String(await metadata).length))).toEqual(
    numbers(8).map(() => 2_000_000),
  );
  expect(await tally.seen()).toEqual(numbers(8));
});

test.concurrent("a first connection that ends before anything is said is made again", async () => {
  await using proxy = await TcpProxy.start(server.port);
  proxy.hangUp(3);
  const echo = new Echo({ name: "E" }).toDist(proxy.at);
  expect(await echo(say("hello")).content).toBe("hello");
  // gRPC dials once more for each of them, a second later, and leaves that alone.
  expect(proxy.accepted).toBeGreaterThanOrEqual(4);
});

test.concurrent("a connection that nothing is heard of is made again: a first one, and one that broke", async () => {
  await using proxy = await TcpProxy.start(server.port);
  proxy.staySilent(1);
  const echo = new Echo({ name: "E" }).toDist(proxy.at);
  expect(await echo(say("hello")).content).toBe("hello");
  proxy.staySilent(1);
  proxy.cut();
  expect(await echo(say("again")).content).toBe("again");
  expect(proxy.accepted).toBe(4);
});

test.concurrent("agents made and taken hold of while the connection is cut again and again are made once and answer", async () => {
  await using proxy = await TcpProxy.start(server.port);
  await new Echo({ name: "first" }).toDist(proxy.at)();
  let made = 0;
  using _cuts = cutting(proxy, { everyMs: 100, progress: () => made });
  for (const index of numbers(40)) {
    const echo = new Echo({ name: `E${index}` }).toDist(proxy.at);
    expect(await echo(say(index)).content).toBe(index);
    const options = { ...proxy.at, agentId: echo.agentId, connectExisting: true };
    expect(await new Echo({ name: "again" }).toDist(options)(say("again")).content).toBe("again");
    made++;
  }
});

test.concurrent("the connection between two servers may be cut again and again", async () => {
  await using proxy = await TcpProxy.start(server.port);
  // The other server reaches it by the address that this process uses.
  const tally = new Tally({ name: "T" }).toDist(proxy.at);
  await tally.ready();
  const caller = new Caller({ name: "C", asks: [tally] }).toDist(other.at);
  const echo = new Echo({ name: "E" }).toDist(other.at);
  await caller(say(-1));
  const asked = numbers(100).map((index) => caller(say(index)).content);
  const passedOn = numbers(10).map((index) => echo(tally(say(`to ${index}`, "z".repeat(100_000)))).content);
  {
    using cuts = cutting(proxy, { everyMs: 100, progress: counting([...asked, ...passedOn]) });
    expect(await Promise.all(asked)).toEqual(numbers(100));
    expect(await Promise.all(passedOn)).toEqual(numbers(10).map((index) => `to ${index}`));
    expect(cuts.count()).toBeGreaterThan(0);
  }
  const seen = await tally.seen();
  expect(seen.filter((content) => typeof content === "number")).toEqual([-1, ...numbers(100)]);
  expect(seen).toHaveLength(111);
});

test.concurrent("a connection that ends for good rejects what waits for it", async () => {
  const proxy = await TcpProxy.start(server.port);
  const silent = new Unresponsive({ name: "S" }).toDist(proxy.at);
  await silent();
  const waiting = silent(say("wait"));
  const closed = performance.now();
  const { port } = proxy;
  proxy.close();
  await expect(waiting).rejects.toMatchObject({ code: "SERVER_NOT_ALIVE", server: `127.0.0.1:${port}` });
  expect(performance.now() - closed).toBeLessThan(1000);
});

test.concurrent("over a slow connection everything arrives", async () => {
  await using proxy = await TcpProxy.start(server.port);
  proxy.throttle(200_000);
  const tally = new Tally({ name: "T" }).toDist(proxy.at);
  const large = tally(say("large", "x".repeat(300_000)));
  const small = numbers(50).map((index) => tally(say(index)).content);
  expect(await large.metadata).toHaveLength(300_000);
  expect(await Promise.all(small)).toEqual(numbers(50));
});
