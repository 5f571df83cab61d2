import { readFileSync } from "node:fs";
import { Msg } from "agentscope-distributed";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Bulk } from "../../fixtures/agents/bulk.js";
import { Echo } from "../../fixtures/agents/echo.js";
import { AgentServer } from "../../processes/agentServer.js";
import { startScript } from "../../processes/script.js";

const mib = 1024 * 1024;
let first: AgentServer;
let second: AgentServer;

beforeAll(async () => {
  [first, second] = await Promise.all([AgentServer.start(["--workers", "1"]), AgentServer.start(["--workers", "1"])]);
});

afterAll(async () => {
  await Promise.all([first[Symbol.asyncDispose](), second[Symbol.asyncDispose]()]);
});

/** What a process has read so far, from sockets and files, as the kernel counts. */
function bytesReadBy(pid: number): number {
  return Number(/^rchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, "utf8"))?.[1]);
}

test("64 MiB go through three agents on two servers, and the main process receives less than 64 KiB of it", async () => {
  const before = bytesReadBy(second.pid);
  await using main = startScript("bulkChain", { args: [String(first.port), String(second.port), "64"] });
  const { content, received, sent } = await main.says("content", 80_000);
  expect(content).toEqual({ length: 64 * mib, sum: (64 * mib * 255) / 2 });
  expect(received).toBeLessThan(64 * 1024);
  expect(sent).toBeLessThan(64 * 1024);
  const crossed = bytesReadBy(second.pid) - before;
  expect(crossed).toBeGreaterThan(64 * mib);
  expect(crossed).toBeLessThan(80 * mib);
  expect(await main.endsWithin(15_000)).toEqual({ code: 0, signal: null });
}, 100_000);

test("a value that several agents of a server need at the same time crosses to it once", async () => {
  const make = new Bulk({ name: "make", does: "make", sizeBytes: 8 * mib, toDist: first.at });
  const sums = Array.from({ length: 5 }, () => new Bulk({ name: "sum", does: "sum", toDist: second.at }));
  await Promise.all(sums.map((sum) => sum()));
  const before = bytesReadBy(second.pid);
  const x = make();
  const answers = await Promise.all(sums.map((sum) => sum(x).content));
  expect(answers).toEqual(sums.map(() => ({ length: 8 * mib, sum: (8 * mib * 255) / 2 })));
  const crossed = bytesReadBy(second.pid) - before;
  expect(crossed).toBeGreaterThan(8 * mib);
  expect(crossed).toBeLessThan(12 * mib);
});

test("a large content that is read here comes whole, also when it is sent back and read again", async () => {
  const make = new Bulk({ name: "make", does: "make", sizeBytes: 8 * mib, toDist: first.at });
  const echo = new Echo({ name: "E" }).toDist(second.at);
  const x = make();
  const y = echo(x);
  const [here, back] = (await Promise.all([x.content, y.content])) as Uint8Array[];
  expect(here?.length).toBe(8 * mib);
  expect(Buffer.compare(here as Uint8Array, back as Uint8Array)).toBe(0);
  const again = (await echo(new Msg({ name: "u", content: here, role: "user" })).content) as Uint8Array;
  expect(Buffer.compare(here as Uint8Array, again)).toBe(0);
});

test("small calls pass a large value that is on its way", async () => {
  const make = new Bulk({ name: "make", does: "make", sizeBytes: 48 * mib, toDist: first.at });
  const echo = new Echo({ name: "E" }).toDist(first.at);
  const order: string[] = [];
  await make.observe();
  const large = make().then(() => order.push("large"));
  const small = Array.from({ length: 20 }, async (_, index) => {
    await echo(new Msg({ name: "u", content: index, role: "user" }));
    order.push("small");
  });
  await Promise.all([large, ...small]);
  expect(order.at(-1)).toBe("large");
});
