import { readFile, stat } from "node:fs/promises";

/** Files that are larger were not written by a person. */
const largestBytes = 2 ** 20;
/** A script reads its files a moment after it was started. */
const leewayMs = 1000;

/** The lines of a file as it was when a run began. */
export interface RanText {
  readonly lines: readonly string[];
  /** By which it is known that the file is still the same. */
  readonly modifiedMs: number;
}

/** Undefined where the file was changed since, or can't be read. */
export async function ranText(path: string, startedAtMs: number): Promise<RanText | undefined> {
  const text = await textOnDisk(path);
  return text !== undefined && text.modifiedMs <= startedAtMs + leewayMs ? text : undefined;
}

export async function textOnDisk(path: string): Promise<RanText | undefined> {
  try {
    const { mtimeMs, size } = await stat(path);
    if (size > largestBytes) return undefined;
    return { lines: linesOf(await readFile(path, "utf8")), modifiedMs: mtimeMs };
  } catch {
    return undefined;
  }
}

export function linesOf(text: string): string[] {
  return text.split(/\r\n|\r|\n/);
}

/**
 * Where a line (counted from 0) of a text is in a later version of it; undefined where it was changed. What stands before and after
 * all changes has only moved.
 */
export function lineMap(before: readonly string[], after: readonly string[]): (line: number) => number | undefined {
  const most = Math.min(before.length, after.length);
  let same = 0;
  while (same < most && before[same] === after[same]) same++;
  let sameAtEnd = 0;
  while (sameAtEnd < most - same && before[before.length - 1 - sameAtEnd] === after[after.length - 1 - sameAtEnd])
    sameAtEnd++;
  return (line) => {
    if (line < 0 || line >= before.length) return undefined;
    if (line < same) return line;
    return line >= before.length - sameAtEnd ? line + after.length - before.length : undefined;
  };
}
