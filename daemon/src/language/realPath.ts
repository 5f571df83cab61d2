import { realpathSync } from "node:fs";

/** The path by which processes know a file: that behind links. One that is not written yet keeps its own. */
export function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
