import { setTimeout as pause } from "node:timers/promises";

const pauseMs = 10;

/**
 * Waits until a condition holds, and gives what it gave.
 *
 * @param options `what` is waited for, as the error says it that is thrown when `timeoutMs` have passed without it.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { timeoutMs, what }: { timeoutMs: number; what: string },
): Promise<Exclude<T, false | undefined | null>> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value !== false && value !== undefined && value !== null) return value as Exclude<T, false | undefined | null>;
    if (performance.now() > end) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await pause(pauseMs);
  }
}
