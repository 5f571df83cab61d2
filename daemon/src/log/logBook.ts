import { type LogFields, masked, providers } from "agentscope-distributed/studio";
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

/** A text of a log, and what it is about. */
export type Said = string | { text: string; about: LogFields };

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
   * @param said of one line or more; empty lines are left out, and keys of models that this process has are masked
   */
  write(level: LogLevel, source: string, said: Said): void {
    const { text, about } = typeof said === "string" ? { text: said, about: undefined } : said;
    for (const part of masked(text, keysHere()).split(/\r?\n/)) {
      if (part.trim() !== "") this.add({ atMs: Date.now(), level, source, text: part, ...(about && { about }) });
    }
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

  private add(said: LogLine): void {
    const { lines, lineLength } = this.limits;
    const { text: whole } = said;
    const text = whole.length > lineLength ? `${whole.slice(0, lineLength)}… (${whole.length} characters)` : whole;
    const line: LogLine = { ...said, text };
    this.ring[this.next] = line;
    this.next = (this.next + 1) % lines;
    this.options.alsoTo?.(line);
    this.lineWritten.emit(line);
  }
}

/** Of models, as far as the environment has them by the names that providers' keys have. */
function keysHere(): string[] {
  const variables = Object.values(providers).flatMap(({ keyVariables }) => keyVariables);
  return variables.flatMap((variable) => process.env[variable]?.trim() || []);
}
