import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { LogBook } from "../../src/log/logBook.js";
import { LogFile } from "../../src/log/logFile.js";

const texts = (log: LogBook, source?: string, limit = 100) => log.tail(source, limit).map(({ text }) => text);

test("the last lines are kept, oldest first, and of each source", () => {
  const log = new LogBook({ lines: 3 });
  for (const [source, text] of [
    ["daemon", "1"],
    ["s1", "2\n\n3\r\n"],
    ["daemon", "4"],
  ] as const) {
    log.write("info", source, text);
  }
  expect(texts(log)).toEqual(["2", "3", "4"]);
  expect(texts(log, undefined, 2)).toEqual(["3", "4"]);
  expect(texts(log, "s1")).toEqual(["2", "3"]);
  expect(texts(log, "s2")).toEqual([]);
});

test("whoever listens is told of each line", () => {
  const log = new LogBook();
  const heard: string[] = [];
  log.lineWritten.on(({ level, text }) => heard.push(`${level} ${text}`));
  log.write("warning", "daemon", "a\nb");
  expect(heard).toEqual(["warning a", "warning b"]);
});

test("of a very long line the beginning is kept", () => {
  const log = new LogBook({ lineLength: 10 });
  log.write("info", "daemon", "x".repeat(1000));
  expect(texts(log)).toEqual([`${"x".repeat(10)}… (1000 characters)`]);
});

test("a full log file becomes the old one, and only its owner can read either", () => {
  const folder = mkdtempSync(join(tmpdir(), "agents-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "daemon.log");
  using file = new LogFile(path, 100);
  for (const text of ["first", "second", "third"]) {
    file.write({ atMs: 0, level: "info", source: "daemon", text });
  }
  expect(readFileSync(`${path}.old`, "utf8")).toContain("second");
  expect(readFileSync(path, "utf8")).toBe("1970-01-01T00:00:00.000Z info daemon: third\n");
  if (process.platform === "win32") return;
  expect([path, `${path}.old`].map((each) => statSync(each).mode & 0o777)).toEqual([0o600, 0o600]);
});
