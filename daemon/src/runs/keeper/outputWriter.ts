import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { segmentPath } from "./outputSegments.js";

/** Writes the output of a run into files of a bounded size, of which the newest are kept. */
export class OutputWriter implements Disposable {
  private readonly begins: number[] = [];
  private file: number | undefined;
  private written = 0;
  private total = 0;

  constructor(
    private readonly folder: string,
    private readonly limits: { segmentBytes: number; segments: number },
  ) {
    this.next();
  }

  /** What a full disk does not take, or no descriptor is left for, is lost: the run goes on. */
  write(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      try {
        if (this.written >= this.limits.segmentBytes) this.next();
        const part = bytes.subarray(at, at + this.limits.segmentBytes - this.written);
        if (this.file !== undefined) writeSync(this.file, part);
        at += part.length;
        this.written += part.length;
        this.total += part.length;
      } catch {
        return;
      }
    }
  }

  [Symbol.dispose](): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }

  private next(): void {
    // First, as it may fail: then it is tried again with what is written next.
    const file = openSync(segmentPath(this.folder, this.total), "a", 0o600);
    this[Symbol.dispose]();
    this.file = file;
    this.begins.push(this.total);
    this.written = 0;
    while (this.begins.length > this.limits.segments) {
      rmSync(segmentPath(this.folder, this.begins.shift() ?? 0), { force: true });
    }
  }
}
