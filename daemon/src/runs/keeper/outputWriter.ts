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

  /** What a full disk does not take is lost: the run goes on. */
  write(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.written >= this.limits.segmentBytes) this.next();
      const part = bytes.subarray(at, at + this.limits.segmentBytes - this.written);
      try {
        if (this.file !== undefined) writeSync(this.file, part);
      } catch {
        return;
      }
      at += part.length;
      this.written += part.length;
      this.total += part.length;
    }
  }

  [Symbol.dispose](): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }

  private next(): void {
    this[Symbol.dispose]();
    this.begins.push(this.total);
    this.written = 0;
    this.file = openSync(segmentPath(this.folder, this.total), "a", 0o600);
    while (this.begins.length > this.limits.segments) {
      rmSync(segmentPath(this.folder, this.begins.shift() ?? 0), { force: true });
    }
  }
}
