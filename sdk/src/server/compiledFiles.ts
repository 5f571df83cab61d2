import { existsSync, lstatSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { threadId } from "node:worker_threads";

/**
 * Compiled TypeScript is kept in the system's folder for temporary files, so that each further process and thread reads a
 * file (0.2 ms) instead of compiling it. What can't be read or written is compiled again: the cache never makes an import
 * fail.
 */
let folder: string | undefined;
let looked = false;

/** The JavaScript that was kept under this key. */
export function readCompiled(key: string): string | undefined {
  const own = ownFolder();
  if (own === undefined) return undefined;
  try {
    return readFileSync(join(own, `${key}.js`), "utf8");
  } catch {
    return undefined;
  }
}

/** Keeps JavaScript under a key. Whole or not at all: another process can read at the same time. */
export function writeCompiled(key: string, code: string): void {
  const own = ownFolder();
  if (own === undefined) return;
  const draft = join(own, `${key}.${process.pid}.${threadId}.tmp`);
  try {
    writeFileSync(draft, code, { mode: 0o600 });
    renameSync(draft, join(own, `${key}.js`));
  } catch {
    // A full or read-only disk costs time only.
  }
}

/** What is in it gets run: a folder that someone else owns or can write to is not used. */
function ownFolder(): string | undefined {
  if (looked) return folder;
  looked = true;
  try {
    const user = process.getuid?.() ?? userInfo().username;
    const path = join(tmpdir(), `agentscope-typescript-${user}`);
    if (!existsSync(path)) mkdirSync(path, { mode: 0o700 });
    const found = lstatSync(path);
    const trusted = !process.getuid || (found.uid === process.getuid() && (found.mode & 0o022) === 0);
    if (found.isDirectory() && trusted) folder = path;
  } catch {
    folder = undefined;
  }
  return folder;
}
