import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as aTurnOfTheLoop } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { StartLock } from "../../src/home/startLock.js";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "agents-test-"));
  path = join(folder, "starting");
});
afterEach(() => rmSync(folder, { recursive: true }));

test("one holds it at a time, each gets its turn, and nothing is left", async () => {
  let holders = 0;
  let turns = 0;
  const turn = async () => {
    using lock = await StartLock.take(path);
    expect(++holders).toBe(1);
    await aTurnOfTheLoop();
    expect(lock.isHeld).toBe(true);
    turns++;
    holders--;
  };
  await Promise.all(Array.from({ length: 8 }, turn));
  expect([turns, readdirSync(folder)]).toEqual([8, []]);
});

test("that of a process that is gone is pushed aside", async () => {
  writeFileSync(path, "4194303 gone");
  using lock = await StartLock.take(path, { timeoutMs: 1000 });
  expect([lock.isHeld, readdirSync(folder)]).toEqual([true, ["starting"]]);
});

test("that of another living process is waited for, until it has been left alone for long", async () => {
  writeFileSync(path, `${process.pid} somebody`);
  await expect(StartLock.take(path, { timeoutMs: 50 })).rejects.toThrow(/another daemon has been starting/);

  const longAgo = new Date(Date.now() - 60_000);
  utimesSync(path, longAgo, longAgo);
  using lock = await StartLock.take(path, { timeoutMs: 1000 });
  expect(lock.isHeld).toBe(true);
});

test("whoever was pushed aside knows, and takes nothing from who holds it now", async () => {
  const lock = await StartLock.take(path);
  writeFileSync(path, `${process.pid} other`);
  expect(lock.isHeld).toBe(false);
  lock[Symbol.dispose]();
  expect(readdirSync(folder)).toEqual(["starting"]);
});
