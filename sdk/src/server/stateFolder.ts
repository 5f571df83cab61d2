import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { stateFolder } from "../studio/discovery.js";

/** The folder in a server's save directory that nobody is given files of. */
export const privateFolder = ".agents";

/**
 * Where an agent server that outlives its callers keeps the state of agents. All servers of a user have the same place, so that an agent
 * can be made again by another one: files are found by a key that the agent's maker alone knows.
 */
export function agentStateFolder(saveDir: string | undefined): string {
  return saveDir === undefined ? join(stateFolder(), "agents") : join(saveDir, privateFolder);
}

/** How long a state is kept that nobody touches: its agent's maker is gone. */
const keptMs = 7 * 24 * 3600 * 1000;

/** Deletes what is older than anybody will ask for. */
export async function sweepStates(folder: string, now = Date.now()): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: now }));
    if (now - mtimeMs > keptMs) await rm(path, { force: true });
  }
}
