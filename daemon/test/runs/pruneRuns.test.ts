import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LogBook } from "../../src/log/logBook.js";
import { prune } from "../../src/runs/pruneRuns.js";
import { newRow } from "../../src/runs/runRow.js";
import { Store } from "../../src/store/store.js";

const dayMs = 86_400_000;
let folder: string;
let store: Store;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "prune-test-"));
  store = Store.open(folder, (text) => {
    throw new Error(text);
  });
});

afterEach(async () => {
  store[Symbol.dispose]();
  await rm(folder, { recursive: true, force: true });
});

async function run(
  runId: string,
  { startedAtMs, endedAtMs, bytes }: { startedAtMs: number; endedAtMs?: number; bytes: number },
) {
  const row = newRow(runId, { script: "/main.js", args: [], cwd: "/", target: "local", startedAtMs });
  store.runs.save({
    isLocal: true,
    row: { ...row, ...(endedAtMs !== undefined && { state: "succeeded", endedAtMs }) },
  });
  await mkdir(join(folder, runId));
  await writeFile(join(folder, runId, "output.0"), "x".repeat(bytes));
}

const left = () => store.runs.all().map(({ row }) => row.runId);

test("runs that ended long ago are removed with their output; those that go on are not", async () => {
  const now = Date.now();
  await run("old", { startedAtMs: now - 40 * dayMs, endedAtMs: now - 31 * dayMs, bytes: 10 });
  await run("long", { startedAtMs: now - 40 * dayMs, bytes: 10 });
  await run("new", { startedAtMs: now - dayMs, endedAtMs: now, bytes: 10 });
  expect(prune({}, { table: store.runs, folder, log: new LogBook() })).toEqual(["old"]);
  expect(left()).toEqual(["new", "long"]);
  expect(["old", "long", "new"].map((runId) => existsSync(join(folder, runId)))).toEqual([false, true, true]);
});

test("when output takes too much room, the oldest runs go, but never one that goes on", async () => {
  const now = Date.now();
  await run("going", { startedAtMs: now - 5000, bytes: 600 });
  await run("oldest", { startedAtMs: now - 4000, endedAtMs: now, bytes: 600 });
  await run("older", { startedAtMs: now - 3000, endedAtMs: now, bytes: 600 });
  await run("newest", { startedAtMs: now - 2000, endedAtMs: now, bytes: 600 });
  expect(prune({ keepOutputBytes: 1300 }, { table: store.runs, folder, log: new LogBook() })).toEqual(["oldest"]);
  expect(left()).toEqual(["newest", "older", "going"]);
});

test("old output that no run belongs to is removed", async () => {
  await mkdir(join(folder, "stray"));
  await mkdir(join(folder, "young"));
  await utimes(join(folder, "stray"), new Date(), new Date(Date.now() - 40 * dayMs));
  prune({}, { table: store.runs, folder, log: new LogBook() });
  expect([existsSync(join(folder, "stray")), existsSync(join(folder, "young"))]).toEqual([false, true]);
});
