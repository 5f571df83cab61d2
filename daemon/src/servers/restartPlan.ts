export interface RestartLimits {
  /** Before the first restart, doubled with each crash that follows soon. Default 1,000. */
  firstPauseMs?: number;
  /** Default 30,000. */
  longestPauseMs?: number;
  /** A process that was up for so long has not crashed soon: counting begins anew. Default 60,000. */
  upMs?: number;
  /** After so many crashes in a row it is given up. Default 8. */
  limit?: number;
}

/** When a crashed server is started again. */
export class RestartPlan {
  readonly limit: number;
  private readonly limits: Required<RestartLimits>;
  private inARow = 0;

  constructor(limits: RestartLimits = {}) {
    this.limits = { firstPauseMs: 1000, longestPauseMs: 30_000, upMs: 60_000, limit: 8, ...limits };
    this.limit = this.limits.limit;
  }

  /**
   * @param upMs how long the crashed process was there
   * @returns how long to wait; undefined: it is given up.
   */
  pauseAfter(upMs: number): number | undefined {
    const { firstPauseMs, longestPauseMs, limit } = this.limits;
    if (upMs >= this.limits.upMs) this.inARow = 0;
    this.inARow += 1;
    if (this.inARow > limit) return undefined;
    return Math.min(firstPauseMs * 2 ** (this.inARow - 1), longestPauseMs);
  }
}
