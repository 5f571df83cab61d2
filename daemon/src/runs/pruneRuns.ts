import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { LogBook } from "../log/logBook.js";
import type { RunTable } from "../store/runTable.js";
import { segmentsOf } from "./keeper/outputSegments.js";

export interface PruneLimits {
  /** How long a run is kept after its end, in days. Default 30. */
  keepRunsDays?: number;
  /** How much output of runs is kept in all, in bytes; that of the oldest goes first, with the run. Default 1 GB. */
  keepOutputBytes?: number;
}

const dayMs = 86_400_000;

/** Removes runs that ended long ago, and the oldest whose output is too much; gives their ids. What keeps it from that is a warning. */
export function prune(
  limits: PruneLimits,
  { log, ...kept }: { table: RunTable; folder: string; log: LogBook },
): string[] {
  try {
    return remove(limits, kept);
  } catch (error) {
    log.write("warning", "daemon", `old runs were not removed, which is tried hourly: ${(error as Error).message}`);
    return [];
  }
}

function remove(
  { keepRunsDays = 30, keepOutputBytes = 1024 ** 3 }: PruneLimits,
  { table, folder }: { table: RunTable; folder: string },
): string[] {
  const oldestMs = Date.now() - keepRunsDays * dayMs;
  const gone = new Set(table.endedBefore(oldestMs));
  let bytes = 0;
  const kept = table.all().filter(({ row }) => !gone.has(row.runId));
  for (const { row } of kept) {
    bytes += outputBytes(join(folder, row.runId));
    if (bytes > keepOutputBytes && row.endedAtMs !== undefined) gone.add(row.runId);
  }
  for (const runId of gone) table.delete(runId);
  for (const runId of gone) rmSync(join(folder, runId), { recursive: true, force: true });
  removeStray(folder, { known: new Set(kept.map(({ row }) => row.runId)), beforeMs: oldestMs });
  return [...gone];
}

/** Removes old output of runs that nobody knows: a database was put aside. */
function removeStray(folder: string, { known, beforeMs }: { known: ReadonlySet<string>; beforeMs: number }): void {
  for (const name of namesIn(folder)) {
    const path = join(folder, name);
    if (!known.has(name) && statSync(path).mtimeMs < beforeMs) rmSync(path, { recursive: true, force: true });
  }
}

function outputBytes(folder: string): number {
  return segmentsOf(folder).reduce((sum, { size }) => sum + size, 0);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // No run was ever started.
    return [];
  }
}
