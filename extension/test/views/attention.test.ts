import { expect, test } from "vitest";
import { runBadge, serverBadge } from "../../src/views/attention.js";
import { runRow, serverRow } from "../daemon/rows.js";

const question = {
  ...{ questionId: "q", runId: "r", agent: "Anna", server: "main process" },
  ...{ prompt: "Which colour?", multiline: false, askedAtMs: 0 },
};

test("servers that crashed or can't be reached are counted, and no children that end with their script", () => {
  const rows = [
    serverRow({ serverId: "a", state: "crashed" }),
    serverRow({ serverId: "b", state: "unreachable", kind: "independent" }),
    serverRow({ serverId: "c", state: "unreachable", kind: "child" }),
    serverRow({ serverId: "d", state: "stopped" }),
  ];
  expect(serverBadge(rows)).toEqual({ value: 2, tooltip: "2 agent servers failed" });
  expect(serverBadge([])).toEqual({ value: 0, tooltip: "" });
});

test("questions are counted, and runs that failed since somebody looked", () => {
  const runs = [
    runRow({ runId: "old", state: "failed", endedAtMs: 1000 }),
    runRow({ runId: "new", state: "failed", endedAtMs: 3000 }),
    runRow({ runId: "lost", state: "lost", endedAtMs: 3000 }),
    runRow({ runId: "fine", state: "succeeded", endedAtMs: 3000 }),
  ];
  const questions = [question];
  expect(runBadge(runs, { questions, seenMs: 2000 })).toEqual({
    value: 3,
    tooltip: "1 question for you, 2 runs failed",
  });
  expect(runBadge(runs, { questions: [], seenMs: 4000 }).value).toBe(0);
});
