import { chmodSync, lstatSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { stateFolder } from "agentscope-distributed/studio";
import { StudioError } from "../errors.js";
import { pipePath } from "./pipePath.js";

/** The folder of what a user's daemon keeps; nobody else can look into it. */
export class Home {
  /** The Unix socket or named pipe that the daemon listens on. */
  readonly pipe: string;

  private constructor(readonly folder: string) {
    this.pipe = pipePath(folder);
  }

  /**
   * @param folder default: the user's own (`AGENTSCOPE_STATE_DIR`, or where the system has such things)
   * @throws StudioError when it can't be made, or belongs to somebody else.
   */
  static open(folder: string = stateFolder()): Home {
    ownFolder(folder);
    return new Home(folder);
  }

  /** A path in it; nothing is made. */
  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  /** A folder in it, made where it is missing. */
  makeFolder(...names: string[]): string {
    const folder = this.path(...names);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  }
}

/**
 * Makes a folder that is open to its owner alone.
 *
 * @throws StudioError when it can't be made so.
 */
export function ownFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (process.platform === "win32") return; // Folders of a profile are their owner's.
    const { uid, mode } = statSync(folder);
    // A link, too, must be ours: another's leads where they want.
    if ([uid, lstatSync(folder).uid].some((owner) => owner !== process.getuid?.())) {
      throw new Error("it belongs to another user");
    }
    // Tokens lie in it: a folder that was made open (AGENTSCOPE_STATE_DIR) is closed.
    if ((mode & 0o077) !== 0) chmodSync(folder, 0o700);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw StudioError.refused(
      `the daemon's folder ${folder} can't be used (AGENTSCOPE_STATE_DIR names it): ${why}`,
      cause,
    );
  }
}
