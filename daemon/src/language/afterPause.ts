/** Does something once after whatever asks for it, at least a pause after the last time. */
export class AfterPause implements Disposable {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly pauseMs: number,
    private readonly work: () => void,
  ) {}

  ask(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.work();
    }, this.pauseMs).unref();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.timer);
  }
}
