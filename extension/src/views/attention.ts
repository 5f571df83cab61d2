import type { QuestionRow, RunRow, ServerRow } from "agentscope-distributed-daemon/protocol";
import { count } from "./words.js";

/** What a badge says: how much waits for the person, and what. */
export interface Badge {
  value: number;
  tooltip: string;
}

/** Servers that ended or can't be reached, and were not asked to. */
export function serverBadge(servers: Iterable<ServerRow>): Badge {
  // Children end with their script, one after the other: that is no failure of theirs.
  const failed = [...servers].filter(
    ({ state, kind }) => state === "crashed" || (state === "unreachable" && kind !== "child"),
  );
  return badge([[failed.length, "agent server", "failed"]]);
}

/** Questions, and runs that have failed since the person last looked at them (milliseconds since 1970). */
export function runBadge(
  runs: Iterable<RunRow>,
  { questions, seenMs }: { questions: readonly QuestionRow[]; seenMs: number },
): Badge {
  const failed = [...runs].filter(
    ({ state, endedAtMs = 0 }) => (state === "failed" || state === "lost") && endedAtMs > seenMs,
  );
  return badge([
    [questions.length, "question", "for you"],
    [failed.length, "run", "failed"],
  ]);
}

function badge(parts: [number: number, noun: string, what: string][]): Badge {
  const there = parts.filter(([number]) => number > 0);
  return {
    value: there.reduce((sum, [number]) => sum + number, 0),
    tooltip: there.map(([number, noun, what]) => `${count(number, noun)} ${what}`).join(", "),
  };
}
