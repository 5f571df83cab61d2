import type { ServerEntry } from "./serverEntry.js";

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** A child often ends a moment before its script: what is told of both then is that they ended, and not that one crashed. */
const doubtMs = secondMs;

/** Says how a child server ended that can't be reached any more; it does not come back. @param isRunOver or there is no run that is known. */
export function settleChild(entry: ServerEntry, isRunOver: boolean): void {
  const { state, sinceMs, detail } = entry.shown;
  if (state === "crashed" && isRunOver) entry.stopped();
  if (state !== "unreachable" || entry.isAttached) return;
  if (isRunOver) {
    // One of this machine that outlives its script is shown until its process has ended.
    if (!entry.isProcessRunning) entry.stopped();
  } else if (entry.isProcessGone && Date.now() - sinceMs >= doubtMs) {
    entry.crashed(detail ?? "its process has ended");
  }
}

/** How long a row is kept in the state that it has, in milliseconds. @param isRunOver of a child: its run has ended. */
export function keptMs({ kind, shown: { state }, isProcessGone }: ServerEntry, isRunOver: boolean): number {
  if (kind === "child") {
    if (state === "stopped") return isRunOver ? 2 * secondMs : 10 * minuteMs;
    return state === "crashed" || state === "unreachable" ? 10 * minuteMs : Number.POSITIVE_INFINITY;
  }
  if (state === "stopped") return 10 * minuteMs;
  if (kind === "independent" && state === "unreachable") return isProcessGone ? hourMs : 24 * hourMs;
  return Number.POSITIVE_INFINITY;
}
