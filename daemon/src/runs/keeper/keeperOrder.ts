import type { ProcessIdentity } from "../../processes/processIdentity.js";

/** What a keeper is told on its command line, as JSON. */
export interface KeeperOrder {
  /** Where it leaves what it sees. */
  folder: string;
  command: string;
  args: string[];
  cwd: string;
  /** How large a file of output gets before the next is begun, in bytes, and how many of them are kept. */
  segmentBytes: number;
  segments: number;
}

/** The files that a keeper leaves beside the output. */
export const keeperFiles = { started: "started.json", ended: "ended.json", problems: "keeper.log" } as const;

/** `started.json`, and the first line that the keeper says: which processes they are. */
export type KeeperStarted = { keeper: ProcessIdentity } & ({ script: ProcessIdentity } | { error: string });

/** `ended.json`: how the process ended. */
export interface KeeperEnded {
  exitCode: number | null;
  signal: string | null;
  endedAtMs: number;
}
