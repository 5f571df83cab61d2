/**
 * Makes `calls` calls of which up to `inFlight` are under way at any time: each lane calls, waits for its answer, and calls
 * again. Resolves to the seconds it took.
 */
export async function keepInFlight(
  inFlight: number,
  calls: number,
  call: (number: number) => PromiseLike<void>,
): Promise<number> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < calls) await call(next++);
  };
  const beganAt = performance.now();
  await Promise.all(Array.from({ length: Math.min(inFlight, calls) }, lane));
  return (performance.now() - beganAt) / 1000;
}
