/** How many calls may be told of at once, after a while with few. */
const burst = 2000;
/** Calls that may be told of in a tenth of a second, on and on, where half of the time is to spare, and where none is. */
const perIdleWindow = 100;
const perBusyWindow = 20;
const windowMs = 100;
/** So many told calls may be open; each of them ends with an event. */
const maxOpen = 50_000;
const widestMask = 2 ** 30 - 1;

/**
 * Which calls of this thread are told of, when there are more than can be.
 *
 * Told are those whose number is a multiple of a power of two, which adapts. Who takes calls is told of their caller's choice, and tells
 * of the same, or of a part that is chosen in the same way.
 */
export class CallSampling {
  /** Calls that are told of and have not ended. */
  open = 0;
  /** Those whose number has none of these bits are told of. */
  mask = 0;
  private credit = burst;
  private seen = 0;
  private adaptedAt = performance.now();

  /** Whether to tell of a call that happens now. */
  takes(seq: number): boolean {
    this.seen++;
    if ((seq & this.mask) !== 0 || this.open >= maxOpen) return false;
    // Each that goes beyond what may be told makes the next one half as likely.
    if (--this.credit <= 0 && this.mask < widestMask) this.mask = this.mask * 2 + 1;
    return true;
  }

  /**
   * Called about ten times a second while there are calls.
   *
   * @param busy how busy the thread or the machine was lately, from 0 to 1: telling takes time from the program.
   */
  adapt(busy: number): void {
    const perWindow = perBusyWindow + (perIdleWindow - perBusyWindow) * Math.min(2 * (1 - busy), 1);
    const now = performance.now();
    const windows = Math.max((now - this.adaptedAt) / windowMs, 0.1);
    this.adaptedAt = now;
    this.credit = Math.min(burst, Math.max(this.credit, 0) + perWindow * windows);
    const allowed = perWindow + this.credit / 10;
    const power = Math.ceil(Math.log2(Math.max(this.seen / windows / allowed, 1)));
    this.mask = 2 ** Math.min(power, 30) - 1;
    this.seen = 0;
  }
}
