const intervalMs = 1000;

/**
 * Tells once when nothing has been needed for a while.
 *
 * @returns what stops it.
 */
export function whenIdle(graceMs: number, isNeeded: () => boolean, idle: () => void): () => void {
  let lastNeededMs = performance.now();
  const timer = setInterval(
    () => {
      if (isNeeded()) lastNeededMs = performance.now();
      if (performance.now() - lastNeededMs < graceMs) return;
      clearInterval(timer);
      idle();
    },
    Math.min(intervalMs, graceMs),
  );
  return () => clearInterval(timer);
}
