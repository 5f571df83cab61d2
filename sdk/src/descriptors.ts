import { closeSync, openSync } from "node:fs";

/** More files than Node has open at a time while it loads a module with what that imports. */
const enough = 16;

/** Whether something failed because this process (EMFILE), or the machine (ENFILE), has as many files open as it may. */
export function isOutOfDescriptors(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "EMFILE" || code === "ENFILE";
}

/**
 * To be called before a module is imported late: one that could not be read once is never read again by its thread, so Node must not begin
 * to while no descriptor is left.
 *
 * @throws Error EMFILE or ENFILE: later there may be some.
 */
export function assertFilesCanBeOpened(): void {
  const files: number[] = [];
  try {
    while (files.length < enough) files.push(openSync(process.execPath, "r"));
  } finally {
    for (const file of files) closeSync(file);
  }
}
