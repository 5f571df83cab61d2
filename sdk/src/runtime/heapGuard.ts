import { getHeapStatistics } from "node:v8";
import { AgentScopeError } from "../errors.js";

/** How often it is looked at the heap, in calls: looking takes some ten times as long as a call. */
const lookEvery = 4_096;
/** Beyond this share of what V8 may take it is too late: what waits is still to be sent, which takes memory, too. */
const fullFrom = 0.8;

/** With fewer calls that wait it is something else that fills the heap, or what is full of garbage. */
const manyCalls = 10_000;

let callsUntilLook = lookEvery;

/**
 * Called before each call that waits for another process: who calls without ever awaiting would fill the heap, and take the whole
 * program with it.
 *
 * @param unanswered how many calls wait by the way that this one takes.
 * @throws AgentScopeError (LIMIT_EXCEEDED) when these are many and the heap of this thread is nearly full.
 */
export function guardHeap(unanswered: number): void {
  if (--callsUntilLook > 0 || unanswered < manyCalls) return;
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  if (used < fullFrom * limit) {
    callsUntilLook = lookEvery;
    return;
  }
  callsUntilLook = 1;
  const inMiB = (bytes: number) => Math.round(bytes / 2 ** 20);
  throw new AgentScopeError(
    "LIMIT_EXCEEDED",
    `the call was not made: the heap of this thread is nearly full (${inMiB(used)} of ${inMiB(limit)} MiB). ${unanswered} calls wait, ` +
      "and take memory until they are answered: await some before you make more, or give Node more memory (--max-old-space-size)",
  );
}
