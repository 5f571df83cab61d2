import { expect, test } from "vitest";
import { activityOf, countOf, resultOf, shortTime } from "../../src/memory/words.js";

test("numbers of messages", () => {
  expect([countOf(1, undefined), countOf(12_345, undefined), countOf(1000, 7)]).toEqual([
    ...["1 message", "12,345 messages", "7 of 1,000 messages"],
  ]);
});

test("what a search has come to", () => {
  const query = { text: "x", role: "" };
  expect(resultOf({ text: " ", role: "" }, { found: [], known: undefined }, undefined)).toBe("");
  expect(resultOf(query, { found: [], known: 2000 }, undefined)).toBe("searching 2,000 …");
  expect(resultOf(query, { found: [], known: undefined }, undefined)).toBe("no match");
  expect(resultOf(query, { found: [4, 8], known: 400 }, 8)).toBe("2 of 2 …");
  expect(resultOf(query, { found: [4, 8], known: undefined }, undefined)).toBe("– of 2");
});

test("the date of a message is said where it is not today's", () => {
  const now = new Date(2026, 0, 2, 12);
  expect(shortTime("2026-01-02 03:04:05", now)).toBe("03:04:05");
  expect(shortTime("2026-01-01 03:04:05", now)).toBe("2026-01-01 03:04:05");
});

test("what an agent does is said where it is known", () => {
  const row = { agentId: "a", serverId: "s", name: "A", className: "A", lost: false };
  const state = { agentId: "a", state: "waiting" as const, queueLength: 0, waitingFor: ["B", "C"] };
  expect(activityOf({ ...row, state })).toBe("waiting for B, C");
  expect([activityOf(undefined), activityOf(row), activityOf({ ...row, state, lost: true })]).toEqual(["", "", ""]);
});
