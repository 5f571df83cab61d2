import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { isOutOfDescriptors } from "../../processes/descriptors.js";

/** One file of a run's output. */
export interface Segment {
  path: string;
  /** How many bytes of output there were before its first one: it stands in its name. */
  begin: number;
  size: number;
}

export function segmentPath(folder: string, begin: number): string {
  return join(folder, `output.${begin}`);
}

/**
 * The files that hold the output of a run, or what is left of it, oldest first.
 *
 * @throws Error when no descriptor is left to look.
 */
export function segmentsOf(folder: string): Segment[] {
  const names = readOr(() => readdirSync(folder), []);
  return names
    .flatMap((name) => {
      const [, begin] = /^output\.(\d+)$/.exec(name) ?? [];
      if (begin === undefined) return [];
      const path = join(folder, name);
      const size = readOr(() => statSync(path).size, undefined);
      return size === undefined ? [] : [{ path, begin: Number(begin), size }];
    })
    .sort((a, b) => a.begin - b.begin);
}

function readOr<T>(read: () => T, other: T): T {
  try {
    return read();
  } catch (error) {
    if (isOutOfDescriptors(error)) throw error;
    // Removed meanwhile.
    return other;
  }
}
