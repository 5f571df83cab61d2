import type { url } from "node:inspector";
import { isMainThread } from "node:worker_threads";

let lastKnown = false;

/** For a worker thread, which can't see for itself whether its process is debugged. */
export function tellDebugged(debugged: boolean): void {
  lastKnown = debugged;
}

/** What {@link isDebugged} said last: costs nothing, where the first question loads the inspector. */
export function wasDebugged(): boolean {
  return lastKnown;
}

/**
 * Whether a debugger is attached to this process, or can be at any moment: its inspector listens. Time limits mean nothing then, as a
 * process that stands at a breakpoint answers nobody.
 */
export function isDebugged(): boolean {
  if (!isMainThread) return lastKnown;
  try {
    const inspector = process.getBuiltinModule("node:inspector") as { url: typeof url } | undefined;
    lastKnown = inspector?.url() !== undefined;
  } catch {
    // A Node without inspector.
  }
  return lastKnown;
}

/** How long a process is waited for that is debugged, or by one that is, in milliseconds: a day. */
const debuggedMs = 86_400_000;

/** A time limit in milliseconds, which is long where this process, or the other one that it is for, is debugged. */
export function patience(limitMs: number, { otherDebugged = false }: { otherDebugged?: boolean } = {}): number {
  return otherDebugged || isDebugged() ? Math.max(limitMs, debuggedMs) : limitMs;
}
