import type { CallBatch } from "./callBatch.js";

/** So many batches wait for a daemon that is away for a moment, or does not read. */
const maxWaiting = 50;

/**
 * Batches of calls on their way to a daemon: one at a time.
 *
 * Of a daemon that reads too slowly, or is away for long, the newest batches are lost; the calls that they told of are counted.
 */
export class CallFeed {
  private readonly waiting: CallBatch[] = [];
  private lost = 0;
  private isTelling = false;
  private tell: ((batch: CallBatch) => Promise<void>) | undefined;

  take(batch: CallBatch): void {
    if (this.waiting.length >= maxWaiting) {
      this.lost += batch.untold + batch.events.filter(([kind]) => kind === "made").length;
      return;
    }
    this.waiting.push({ ...batch, untold: batch.untold + this.lost });
    this.lost = 0;
    void this.pump();
  }

  /** @param tell resolves when a batch is on its way, or lost. */
  async begin(tell: (batch: CallBatch) => Promise<void>): Promise<void> {
    this.tell = tell;
    await this.pump();
  }

  /** The daemon is away. */
  end(): void {
    this.tell = undefined;
  }

  /** What has not been told, to be told in another way. */
  takeAll(): CallBatch[] {
    return this.waiting.splice(0);
  }

  private async pump(): Promise<void> {
    if (this.isTelling) return;
    this.isTelling = true;
    for (let batch = this.next(); batch !== undefined; batch = this.next()) await this.tell?.(batch);
    this.isTelling = false;
  }

  private next(): CallBatch | undefined {
    return this.tell === undefined ? undefined : this.waiting.shift();
  }
}
