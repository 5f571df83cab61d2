import { setTimeout as pause } from "node:timers/promises";

const pauseMs = 2;

/**
 * Waits until a condition holds.
 *
 * @param options `what` is waited for, as the error says it that is thrown when `timeoutMs` have passed without it.
 */
export async function until(
  condition: () => boolean,
  { timeoutMs = 3000, what }: { timeoutMs?: number; what: string },
): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await pause(pauseMs);
  }
}
