import { appendFileSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LogTail } from "../../src/log/logTail.js";
import { until } from "../until.js";

let folder: string;
let path: string;
let heard: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "as-tail-"));
  path = join(folder, "out.log");
  heard = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const tailOf = (options: Partial<ConstructorParameters<typeof LogTail>[2]> = {}) =>
  new LogTail(path, (line) => heard.push(line), { from: "begin", everyMs: 10, ...options });

test("lines are told whole as they come, whatever pieces they are written in", async () => {
  using _tail = tailOf();
  const text = Buffer.from("one\ntwo ü\n\nthree");
  // In the middle of a letter of two bytes.
  const cut = text.indexOf(0xc3) + 1;
  appendFileSync(path, text.subarray(0, cut));
  await until(() => heard.length === 1, { what: "the first line" });
  appendFileSync(path, text.subarray(cut));
  await until(() => heard.length === 2, { what: "the second line" });
  appendFileSync(path, "!\n");
  await until(() => heard.length === 3, { what: "the third line" });
  expect(heard).toEqual(["one", "two ü", "three!"]);
});

test("the last lines can be asked for at once, also those that have not been told", () => {
  using tail = tailOf({ everyMs: 100_000, keep: 2 });
  appendFileSync(path, "a\nb\nc\n");
  expect(tail.lastLines()).toEqual(["b", "c"]);
});

test("a file that has lines of an earlier daemon is read from its end", () => {
  appendFileSync(path, "old\n");
  using tail = tailOf({ from: "end" });
  appendFileSync(path, "new\n");
  expect(tail.lastLines()).toEqual(["new"]);
});

test("a file that has grown large is emptied beneath its writer, and a flood is cut", () => {
  using tail = tailOf({ everyMs: 100_000, maxBytes: 1_000_000 });
  appendFileSync(path, `${"x".repeat(99)}\n`.repeat(10_100));
  expect(tail.lastLines()).toHaveLength(20);
  expect(statSync(path).size).toBe(0);
  appendFileSync(path, "after\n");
  expect(tail.lastLines().at(-1)).toBe("after");
  appendFileSync(path, `${"y".repeat(99)}\n`.repeat(100_000));
  tail.lastLines();
  expect(heard.some((line) => line.includes("bytes came faster than they were read"))).toBe(true);
  expect(heard.length).toBeLessThan(20_000);
});
