import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";
import type { LogLine } from "../protocol/model.js";

/** A file of log lines that its owner alone can read; when it is full it becomes `FILE.old`, and a new one is begun. */
export class LogFile implements Disposable {
  private file: number | undefined;
  private isClosed = false;
  private sizeBytes = 0;

  /** @param maxBytes of each of the two. Default 5 MB. */
  constructor(
    private readonly path: string,
    private readonly maxBytes = 5_000_000,
  ) {
    this.file = this.open();
  }

  /** Lost when the disk is full or gone, or no descriptor is left: a log ends nobody's work. */
  write({ atMs, level, source, text }: LogLine): void {
    if (this.isClosed) return;
    const bytes = Buffer.from(`${new Date(atMs).toISOString()} ${level} ${source}: ${text}\n`);
    try {
      if (this.file !== undefined && this.sizeBytes + bytes.length > this.maxBytes) this.turn();
      // Where it could not be opened the last time it is tried with each line.
      this.file ??= this.open();
      this.sizeBytes += writeSync(this.file, bytes);
    } catch {}
  }

  [Symbol.dispose](): void {
    this.isClosed = true;
    this.close();
  }

  private close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }

  private turn(): void {
    this.close();
    renameSync(this.path, `${this.path}.old`);
  }

  private open(): number {
    const file = openSync(this.path, "a", 0o600);
    this.sizeBytes = fstatSync(file).size;
    return file;
  }
}
