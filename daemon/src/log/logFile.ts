import { closeSync, openSync, renameSync, statSync, writeSync } from "node:fs";
import type { LogLine } from "../protocol/model.js";

/** A file of log lines that its owner alone can read; when it is full it becomes `FILE.old`, and a new one is begun. */
export class LogFile implements Disposable {
  private file: number | undefined;
  private sizeBytes = 0;

  /** @param maxBytes of each of the two. Default 5 MB. */
  constructor(
    private readonly path: string,
    private readonly maxBytes = 5_000_000,
  ) {
    this.open();
  }

  /** Lost when the disk is full or gone: a log ends nobody's work. */
  write({ atMs, level, source, text }: LogLine): void {
    const bytes = Buffer.from(`${new Date(atMs).toISOString()} ${level} ${source}: ${text}\n`);
    try {
      if (this.sizeBytes + bytes.length > this.maxBytes) this.turn();
      if (this.file !== undefined) this.sizeBytes += writeSync(this.file, bytes);
    } catch {}
  }

  [Symbol.dispose](): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }

  private turn(): void {
    this[Symbol.dispose]();
    renameSync(this.path, `${this.path}.old`);
    this.open();
  }

  private open(): void {
    this.file = openSync(this.path, "a", 0o600);
    this.sizeBytes = statSync(this.path).size;
  }
}
