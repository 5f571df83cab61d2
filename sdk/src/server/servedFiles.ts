import { realpath, stat } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { InvalidArgumentError } from "../errors.js";
import { privateFolder } from "./stateFolder.js";

/** The files that a server gives away: those in its save directory, and those that a message of an agent named. */
export class ServedFiles {
  private readonly named = new Set<string>();

  constructor(private readonly saveDir: string | undefined) {}

  /** An agent's message names this file. */
  allow(path: string): void {
    this.named.add(resolve(path));
  }

  /**
   * The real path of a file that may be read.
   *
   * @throws InvalidArgumentError when it may not; an ENOENT error when it is not there.
   */
  async readable(path: string): Promise<string> {
    const asked = resolve(path);
    const real = await realpath(asked);
    if (!(await stat(real)).isFile()) throw new InvalidArgumentError(`${path} is no file`);
    if (this.named.has(asked) || this.named.has(real)) return real;
    if (this.saveDir !== undefined) {
      const root = await realpath(this.saveDir).catch(() => undefined);
      const isPrivate = root !== undefined && real.startsWith(join(root, privateFolder) + sep);
      if (root !== undefined && real.startsWith(root + sep) && !isPrivate) return real;
    }
    throw new InvalidArgumentError(
      `${path} is not served: only files of the server's save directory and files that a message names as url are`,
    );
  }
}
