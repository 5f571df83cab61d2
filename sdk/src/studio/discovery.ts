import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** What a daemon writes into the user's state folder, readable by its owner only, so that others find it. */
export interface Discovery {
  pid: number;
  /** Unique for each start of a daemon. */
  instance: string;
  /** The Unix socket or named pipe. */
  pipe: string;
  /** Such as `http://127.0.0.1:5000`. */
  url: string;
  token: string;
  version: string;
  protocolVersion: number;
  startedAtMs: number;
}

/**
 * The folder of what a user's daemon keeps: `AGENTSCOPE_STATE_DIR`, else where the system has such things.
 */
export function stateFolder(env: NodeJS.ProcessEnv = process.env): string {
  const { AGENTSCOPE_STATE_DIR: chosen, XDG_STATE_HOME: xdg, LOCALAPPDATA: local } = env;
  if (chosen) return chosen;
  const name = "agentscope-distributed";
  if (process.platform === "win32") return join(local || join(homedir(), "AppData", "Local"), name);
  if (process.platform === "darwin") return join(homedir(), "Library", "Application Support", name);
  return join(xdg || join(homedir(), ".local", "state"), name);
}

export function discoveryPath(folder: string = stateFolder()): string {
  return join(folder, "daemon.json");
}

/** The daemon that the file names; undefined when there is none. Whether it lives is told by connecting to it. */
export function readDiscovery(path: string = discoveryPath()): Discovery | undefined {
  try {
    const found = JSON.parse(readFileSync(path, "utf8")) as Partial<Discovery> | null;
    const isWhole =
      typeof found?.pid === "number" &&
      [found.instance, found.pipe, found.url, found.token].every((text) => typeof text === "string" && text !== "");
    return isWhole ? (found as Discovery) : undefined;
  } catch {
    // Not there, being written, or not ours to read: no daemon to be found.
    return undefined;
  }
}
