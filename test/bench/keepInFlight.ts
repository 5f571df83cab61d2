export interface Load<Answer> {
  readonly inFlight: number;
  readonly calls: number;
  call(number: number): PromiseLike<Answer>;
  /** Throws when the answer is not the one that the call must have. */
  check(answer: Answer): void;
}

/**
 * Makes all calls, of which up to `inFlight` are under way at any time: each lane calls, waits for its answer, and calls
 * again. Resolves to the calls made per second.
 */
export async function keepInFlight<Answer>(load: Load<Answer>): Promise<number> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < load.calls) load.check(await load.call(next++));
  };
  const beganAt = performance.now();
  await Promise.all(Array.from({ length: Math.min(load.inFlight, load.calls) }, lane));
  return load.calls / ((performance.now() - beganAt) / 1000);
}
