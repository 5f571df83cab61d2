/** Below this a difference is the way of a batch, not of the clocks. */
const leastBehindMs = 2000;

/**
 * How far the clock of a process that tells of events is from the daemon's.
 *
 * A batch is sent soon after its last event, so the smallest difference between the two clocks is the best that is known. An event of the
 * future tells for sure that the other clock is ahead.
 */
export class ClockOffset {
  private leastMs = Infinity;

  /** @param latestMs the latest event of a batch, by the clock of the one who tells. */
  see(latestMs: number, receivedAtMs: number): void {
    this.leastMs = Math.min(this.leastMs, receivedAtMs - latestMs);
  }

  /** What to add to a time of the other clock. */
  get correctionMs(): number {
    return this.leastMs < 0 || (this.leastMs > leastBehindMs && this.leastMs !== Infinity) ? this.leastMs : 0;
  }
}
