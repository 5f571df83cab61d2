import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { StudioError } from "../errors.js";
import { isAlive } from "./isAlive.js";

const pauseMs = 20;
/** So often the holder shows that it is still at it. */
const touchMs = 2000;

/**
 * Held by a daemon while it starts or ends: of several one looks, listens and publishes at a time, and the one that ends is gone before.
 *
 * 1. The file appears whole, by `link`, and has the pid of its holder.
 * 2. A holder that is gone is pushed aside by renaming its file; only one rename succeeds. So is one that has not touched the file for
 *    long: its pid may be another process's by now.
 * 3. Whoever was pushed aside by mistake finds so before it publishes ({@link isHeld}).
 */
export class StartLock implements Disposable {
  private readonly touching: NodeJS.Timeout;

  private constructor(
    private readonly path: string,
    private readonly content: string,
  ) {
    this.touching = setInterval(() => this.touch(), touchMs).unref();
  }

  /**
   * Waits for its turn.
   *
   * @param options `staleMs`: how long a holder may leave the file untouched
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

  private touch(): void {
    if (!this.isHeld) return;
    const now = new Date();
    utimesSync(this.path, now, now);
  }

  [Symbol.dispose](): void {
    clearInterval(this.touching);
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
