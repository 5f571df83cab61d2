/** Ends a call when its time is over, or when its caller says so. */
export class CallLimit {
  /** Aborted in both cases. */
  readonly signal: AbortSignal;
  private readonly controller = new AbortController();
  private readonly endsAtMs: number;
  private readonly timer: NodeJS.Timeout;
  private over = false;

  constructor(
    limitMs: number,
    private readonly callerSignal: AbortSignal | undefined,
  ) {
    this.signal = this.controller.signal;
    this.endsAtMs = performance.now() + limitMs;
    this.timer = setTimeout(() => {
      this.over = true;
      this.controller.abort();
    }, limitMs);
    callerSignal?.addEventListener("abort", this.onAbort, { once: true });
  }

  private readonly onAbort = () => this.controller.abort();

  get isOver(): boolean {
    return this.over;
  }

  get remainingMs(): number {
    return this.endsAtMs - performance.now();
  }

  /** Why the caller ended the call, as something that can be thrown; undefined when it did not. */
  abortReason(): Error | undefined {
    if (this.callerSignal?.aborted !== true) return undefined;
    const reason: unknown = this.callerSignal.reason;
    return reason instanceof Error ? reason : new DOMException(String(reason), "AbortError");
  }

  /** The call has ended, one way or the other. */
  settle(): void {
    clearTimeout(this.timer);
    this.callerSignal?.removeEventListener("abort", this.onAbort);
  }
}
