import { expect, test } from "vitest";
import { collectedLine, terminalLine } from "../../src/log/lineForms.js";
import { serverLine } from "../../src/servers/serverLine.js";

const atMs = Date.UTC(2026, 10, 27, 20, 14, 3, 120);

test("a line for the terminal has the time, and what is not as usual", () => {
  expect(terminalLine({ atMs, level: "info", source: "daemon", text: "it listens" })).toBe("20:14:03 it listens\n");
  expect(terminalLine({ atMs, level: "error", source: "s1", text: "it crashed" })).toBe(
    "20:14:03 error: s1: it crashed\n",
  );
});

test("a line for programs is JSON, and says what it is about", () => {
  const line = collectedLine({ atMs, level: "warning", source: "r1", text: "it has failed", about: { run_id: "r1" } });
  expect(JSON.parse(line)).toEqual({
    time: "2026-11-27T20:14:03.120Z",
    level: "warn",
    msg: "it has failed",
    source: "r1",
    run_id: "r1",
  });
});

test("a server's line of JSON keeps its level, its text and its ids; the server is the one that has printed it", () => {
  const line = { time: "2026-11-27T20:14:03.120Z", level: "warn", msg: "slow", server_id: "other", agent_id: "a1" };
  expect(serverLine(JSON.stringify(line), "s1")).toEqual({
    level: "warning",
    said: { text: "slow", about: { server_id: "s1", agent_id: "a1" } },
  });
});

test("any other line of a server is a text, also one that looks like JSON", () => {
  for (const text of [
    "plain",
    '{"time":"now","level":"warn"}',
    '{"time":"x","level":"loud","msg":"m"}',
    '{"time":"x","level":"info","msg":"m","n":1}',
    '{"time":"',
  ]) {
    expect(serverLine(text, "s1")).toEqual({ level: "info", said: { text, about: { server_id: "s1" } } });
  }
});
