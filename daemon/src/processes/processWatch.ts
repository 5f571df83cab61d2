import { isRunning, type ProcessIdentity } from "./processIdentity.js";

const shortestMs = 20;

/** Sees the end of a process that this one has not started. It does not keep this process alive. */
export class ProcessWatch implements Disposable {
  private timer: NodeJS.Timeout | undefined;
  private waitMs = shortestMs;

  /** @param options `longestMs` between two looks (default 1,000); looks begin short, as an end is likely when a watch begins. */
  constructor(
    private readonly process: ProcessIdentity,
    private readonly onEnd: () => void,
    private readonly options: { longestMs?: number } = {},
  ) {
    this.plan();
  }

  /** Something tells that it may have ended: its connection is gone. */
  hurry(): void {
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.waitMs = shortestMs;
    this.plan();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private plan(): void {
    this.timer = setTimeout(() => this.look(), this.waitMs).unref();
  }

  private look(): void {
    if (!isRunning(this.process)) {
      this[Symbol.dispose]();
      this.onEnd();
      return;
    }
    this.waitMs = Math.min(this.waitMs * 2, this.options.longestMs ?? 1000);
    this.plan();
  }
}
