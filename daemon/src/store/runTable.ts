import type { RunRow } from "../protocol/index.js";
import type { Database, Row } from "./database.js";

/** A run as it is kept. */
export interface StoredRun {
  row: RunRow;
  /** Of the script's process, once it has told: what its agents and calls name as their maker. */
  instance?: string;
  /** Whether its process is on the daemon's machine. */
  isLocal: boolean;
  /** Tells the process apart from a later one with the same pid, where the system has such a thing. */
  processMark?: string;
}

export class RunTable {
  constructor(private readonly database: Database) {}

  save(run: StoredRun): void {
    const { runId, startedAtMs, endedAtMs } = run.row;
    this.database.write("INSERT OR REPLACE INTO run (run_id, started_at_ms, ended_at_ms, record) VALUES (?, ?, ?, ?)", [
      runId,
      startedAtMs,
      endedAtMs ?? null,
      JSON.stringify(run),
    ]);
  }

  /** All of them, newest first. */
  all(): StoredRun[] {
    return this.database.read("SELECT record FROM run ORDER BY started_at_ms DESC").map(storedRun);
  }

  /** Those that ended before a moment. */
  endedBefore(atMs: number): string[] {
    return this.database
      .read("SELECT run_id FROM run WHERE ended_at_ms < ?", [atMs])
      .map(({ run_id: runId }) => String(runId));
  }

  delete(runId: string): void {
    this.database.write("DELETE FROM run WHERE run_id = ?", [runId]);
  }
}

function storedRun({ record }: Row): StoredRun {
  return JSON.parse(String(record)) as StoredRun;
}
