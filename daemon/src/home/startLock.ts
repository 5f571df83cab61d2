import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { StudioError } from "../errors.js";
import { isAlive } from "./isAlive.js";

const pauseMs = 20;

/**
 * Held by a daemon while it starts: of several that start at once one looks, listens and publishes at a time.
 *
 * 1. The file appears whole, by `link`, and has the pid of its holder.
 * 2. A holder that is gone, or has held it longer than any start takes, is pushed aside by renaming its file; only one rename succeeds.
 * 3. Whoever was pushed aside by mistake finds so before it publishes ({@link isHeld}).
 */
export class StartLock implements Disposable {
  private constructor(
    private readonly path: string,
    private readonly content: string,
  ) {}

  /**
   * Waits for its turn.
   *
   * @param options `staleMs`: longer than any start takes
   * @throws StudioError when others hold it for longer than `timeoutMs`.
   */
  static async take(path: string, { timeoutMs = 30_000, staleMs = 20_000 } = {}): Promise<StartLock> {
    const content = `${process.pid} ${randomUUID()}`;
    const own = `${path}.${randomUUID()}`;
    const end = performance.now() + timeoutMs;
    writeFileSync(own, content, { mode: 0o600 });
    try {
      for (;;) {
        if (tryLink(own, path)) return new StartLock(path, content);
        pushAside(path, staleMs);
        if (performance.now() > end) {
          throw StudioError.refused(
            `another daemon has been starting for ${timeoutMs / 1000} s (${path}); end it, then try again`,
          );
        }
        await pause(pauseMs);
      }
    } finally {
      rmSync(own, { force: true });
    }
  }

  get isHeld(): boolean {
    return read(this.path) === this.content;
  }

  [Symbol.dispose](): void {
    if (this.isHeld) rmSync(this.path, { force: true });
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function pushAside(path: string, staleMs: number): void {
  const held = read(path);
  if (held === undefined || (isAlive(Number(held.split(" ")[0])) && ageOf(path) < staleMs)) return;
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch {
    return; // Somebody else was faster.
  }
  // Not the one that was looked at, but one that was taken since: it is put back, if its place is still free.
  if (read(aside) !== held) tryLink(aside, path);
  rmSync(aside, { force: true });
}

function ageOf(path: string): number {
  return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
