/** So many restarts are made within this time; what is lost once more then stays so. */
export const maxRestarts = 5;
export const restartWindowMs = 60_000;

const firstDelayMs = 100;
const longestDelayMs = 5000;

/** How often an agent's server is started again, and how soon: what crashes in a loop is left alone in the end. */
export class RestartBudget {
  private readonly times: number[] = [];

  /**
   * Counts a restart.
   *
   * @param now milliseconds, by any clock that only goes forward
   * @returns how long to wait before it, in milliseconds; undefined: there were too many.
   */
  next(now: number): number | undefined {
    while (this.times[0] !== undefined && now - this.times[0] >= restartWindowMs) this.times.shift();
    if (this.times.length >= maxRestarts) return undefined;
    this.times.push(now);
    // The first one at once: a single crash is over soonest so.
    return this.times.length === 1 ? 0 : Math.min(firstDelayMs * 3 ** (this.times.length - 2), longestDelayMs);
  }
}
