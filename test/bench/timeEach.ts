/** Makes calls one after the other and answers the milliseconds of each. */
export async function timeEach(calls: number, call: (number: number) => PromiseLike<unknown>): Promise<number[]> {
  const tookMs: number[] = [];
  for (let number = 0; number < calls; number++) {
    const beganAt = performance.now();
    await call(number);
    tookMs.push(performance.now() - beganAt);
  }
  return tookMs;
}
