/** How far something is, in one line that is written over; only on a terminal. */
export class Progress {
  private lastAt = 0;

  constructor(private readonly terminal: NodeJS.WriteStream) {}

  /** Ten times a second at most: a million steps must not cost a million lines. */
  show(what: string, { done, of }: { done: number; of: number }): void {
    if (!this.terminal.isTTY || (done < of && performance.now() - this.lastAt < 100)) return;
    this.lastAt = performance.now();
    this.terminal.write(`\r\u001b[K${what}: ${inGroups(done)} of ${inGroups(of)}`);
  }

  clear(): void {
    if (this.terminal.isTTY) this.terminal.write("\r\u001b[K");
  }
}

export function inGroups(number: number): string {
  return number.toLocaleString("en-US");
}
