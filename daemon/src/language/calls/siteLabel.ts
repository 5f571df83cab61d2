import type { PlaceholderRow } from "../../protocol/index.js";
import { durationText } from "./durationText.js";

export interface LabelSources {
  /** How many calls were made at the place. */
  count: number;
  /** Whether more were made than the daemon was told of. */
  isMore: boolean;
  /** The names of the agents whose results a call waits for. */
  waitsFor: (call: PlaceholderRow) => string[];
}

/** What stands behind a call in the editor: `✓ 1.2 s`, `● running`, `… waiting for A`, `×40, p50 0.8 s`. */
export function siteLabel(calls: readonly PlaceholderRow[], sources: LabelSources): string {
  const [only] = calls;
  if (only === undefined) return "";
  if (sources.count === 1 && !sources.isMore) return callLabel(only, sources);
  const parts = [`×${sources.count}${sources.isMore ? "+" : ""}`];
  const durations = turnTimes(calls);
  if (durations.length > 0) parts.push(`p50 ${durationText(quantile(durations, 0.5))}`);
  const open = calls.filter(({ endedAtMs }) => endedAtMs === undefined).length;
  if (open > 0) parts.push(`${open} open`);
  const failed = calls.filter(hasFailed).length;
  if (failed > 0) parts.push(`${failed} failed`);
  return parts.join(", ");
}

/** One call, in words. */
export function callLabel(call: PlaceholderRow, { waitsFor }: Pick<LabelSources, "waitsFor">): string {
  switch (call.state) {
    case "ready": {
      const time = turnTime(call);
      return time === undefined ? "✓" : `✓ ${durationText(time)}`;
    }
    case "running":
      return "● running";
    case "waiting": {
      const names = [...new Set(waitsFor(call))];
      const more = names.length > 3 ? ` and ${names.length - 2} more` : "";
      const shown = more === "" ? names : names.slice(0, 2);
      return names.length === 0 ? "… waiting" : `… waiting for ${shown.join(", ")}${more}`;
    }
    case "queued":
      return "… queued";
    case "failed":
    case "expired":
    case "lost":
      return `✗ ${call.state}`;
  }
}

export function hasFailed({ state }: PlaceholderRow): boolean {
  return state === "failed" || state === "expired" || state === "lost";
}

/** How long the agent's turn took, in milliseconds; where only the caller told of it, how long the call took. */
export function turnTime({ begunAtMs, madeAtMs, endedAtMs }: PlaceholderRow): number | undefined {
  const from = begunAtMs ?? madeAtMs;
  return endedAtMs === undefined || from === undefined ? undefined : Math.max(0, endedAtMs - from);
}

/** Of the calls that have their result, shortest first. */
export function turnTimes(calls: readonly PlaceholderRow[]): number[] {
  return calls
    .filter(({ state }) => state === "ready")
    .flatMap((call) => turnTime(call) ?? [])
    .sort((a, b) => a - b);
}

/** @param sorted not empty */
export function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
