import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MemoryModel } from "../../src/memory/memoryModel.js";
import { record, ToldDaemon } from "./toldDaemon.js";

let daemon: ToldDaemon;
let model: MemoryModel;
beforeEach(() => {
  vi.useFakeTimers();
  daemon = new ToldDaemon();
  daemon.memory = Array.from({ length: 1000 }, (_, index) => record(`m${index}`));
  model = new MemoryModel(daemon, { serverId: "s", agentId: "a", name: "A" });
});
afterEach(() => {
  model.close();
  vi.useRealTimers();
});

const contents = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => model.message(from + index)?.content);
const settled = () => vi.advanceTimersByTimeAsync(0);

test("knows the newest first, and others where somebody looks, each page asked for once", async () => {
  daemon.snapshot();
  expect([model.total, model.message(799), model.message(800)?.content]).toEqual([1000, undefined, "m800"]);
  model.want(390, 410);
  model.want(395, 405);
  await settled();
  expect(daemon.asked).toEqual([
    { offset: 200, limit: 200 },
    { offset: 400, limit: 200 },
  ]);
  expect(contents(390, 392)).toEqual(["m390", "m391"]);
  model.want(390, 410);
  await settled();
  expect(daemon.asked).toHaveLength(2);
});

test("what comes is appended", () => {
  daemon.snapshot();
  daemon.grows(record("new"));
  expect([model.total, model.message(1000)?.content]).toEqual([1001, "new"]);
});

test("reads the whole memory when that is wanted, and says how far it is", async () => {
  daemon.snapshot();
  const known: number[] = [];
  await model.wantAll({ signal: new AbortController().signal, progress: (count) => known.push(count) });
  expect(known).toEqual([0, 200, 400, 600]);
  expect(model.isWhole).toBe(true);
});

test("after a snapshot the messages of before are shown until they are known anew", async () => {
  daemon.snapshot();
  await model.wantAll({ signal: new AbortController().signal });
  daemon.memory = daemon.memory.slice(1);
  daemon.snapshot();
  expect([model.total, model.isWhole, model.message(0)?.content]).toEqual([999, false, "m0"]);
  model.want(0, 10);
  await settled();
  expect(contents(0, 2)).toEqual(["m1", "m2"]);
});

test("an answer from before a snapshot is thrown away", async () => {
  daemon.snapshot();
  let open: (value: unknown) => void = () => {};
  daemon.gate = new Promise((resolve) => {
    open = resolve;
  });
  model.want(0, 10);
  daemon.memory = daemon.memory.slice(500);
  daemon.snapshot();
  open(undefined);
  await settled();
  expect(model.message(0)).toBeUndefined();
});

test("a memory that was cleared is empty", () => {
  daemon.snapshot();
  daemon.memory = [];
  daemon.snapshot();
  expect([model.total, model.message(0)]).toEqual([0, undefined]);
});

test("a memory that is shorter than was told is no reason to ask again and again", async () => {
  daemon.snapshot();
  daemon.memory = [];
  await expect(model.wantAll({ signal: new AbortController().signal })).rejects.toThrow("fewer messages");
  expect(daemon.asked).toHaveLength(1);
});

test("an agent that is gone is looked for again, less and less often, and is there again", async () => {
  daemon.snapshot();
  daemon.tells("memory", { kind: "ended", reason: "There is no agent a." });
  expect([model.ended, daemon.topics]).toEqual(["There is no agent a.", ["agents"]]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(daemon.topics).toEqual(["agents", "memory"]);
  daemon.tells("memory", { kind: "ended", reason: "There is no agent a." });
  await vi.advanceTimersByTimeAsync(1_999);
  expect(daemon.topics).toEqual(["agents"]);
  await vi.advanceTimersByTimeAsync(1);
  daemon.snapshot();
  expect(model.ended).toBeUndefined();
});

test("a model that is closed leaves nothing behind", () => {
  daemon.tells("memory", { kind: "ended", reason: "gone" });
  model.close();
  expect([daemon.listeners, vi.getTimerCount()]).toEqual([0, 0]);
});
