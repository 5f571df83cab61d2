import { Emitter } from "../emitter.js";
import type { LogLevel, LogLine } from "../protocol/model.js";

export interface LogBookOptions {
  /** How many lines are kept in memory. Default 5,000. */
  lines?: number;
  /** The longest line, in characters; of a longer one the rest is left out. Default 4,000. */
  lineLength?: number;
  /** Where else each line goes, such as a file. */
  alsoTo?: (line: LogLine) => void;
}

/** What the daemon, its servers and its runs had to say: the last lines in memory, and whoever listens. */
export class LogBook {
  readonly lineWritten = new Emitter<LogLine>();
  /** A ring: the oldest is at `next` once it is full. */
  private readonly ring: LogLine[] = [];
  private next = 0;
  private readonly limits: { lines: number; lineLength: number };

  constructor(private readonly options: LogBookOptions = {}) {
    this.limits = { lines: options.lines ?? 5000, lineLength: options.lineLength ?? 4000 };
  }

  /**
   * @param source `daemon`, or the id of a server or run
   * @param text of one line or more; empty lines are left out
   */
  write(level: LogLevel, source: string, text: string): void {
    for (const part of text.split(/\r?\n/)) if (part.trim() !== "") this.add(level, source, part);
  }

  /**
   * The last lines, oldest first.
   * @param source undefined: of all
   */
  tail(source: string | undefined, limit: number): LogLine[] {
    const found: LogLine[] = [];
    for (let back = 1; back <= this.ring.length && found.length < limit; back++) {
      const line = this.ring[(this.next - back + this.ring.length) % this.ring.length];
      if (line !== undefined && (source === undefined || line.source === source)) found.push(line);
    }
    return found.reverse();
  }

  private add(level: LogLevel, source: string, whole: string): void {
    const { lines, lineLength } = this.limits;
    const text = whole.length > lineLength ? `${whole.slice(0, lineLength)}… (${whole.length} characters)` : whole;
    const line: LogLine = { atMs: Date.now(), level, source, text };
    this.ring[this.next] = line;
    this.next = (this.next + 1) % lines;
    this.options.alsoTo?.(line);
    this.lineWritten.emit(line);
  }
}
