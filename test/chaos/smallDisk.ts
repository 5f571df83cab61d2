import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const blockBytes = 4096;

/** A file system of its own that a test can fill: on Linux, for who may mount. */
export class SmallDisk implements Disposable {
  private readonly filling: string;

  private constructor(readonly path: string) {
    this.filling = join(path, "filling");
  }

  /** @returns undefined when there can be none here: nobody but a machine's administrator mounts. */
  static mount(path: string, { kilobytes }: { kilobytes: number }): SmallDisk | undefined {
    mkdirSync(path, { recursive: true });
    const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", path]);
    return status === 0 ? new SmallDisk(path) : undefined;
  }

  /** From now on nothing more can be written. */
  fill(): void {
    for (const bytes of [blockBytes, 1]) {
      try {
        for (;;) appendFileSync(this.filling, Buffer.alloc(bytes));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
      }
    }
  }

  /** It can again. */
  free(): void {
    rmSync(this.filling, { force: true });
  }

  [Symbol.dispose](): void {
    // Also while a process that is at its end has a file open there.
    spawnSync("umount", ["--lazy", this.path]);
  }
}
