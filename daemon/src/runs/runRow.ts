import { basename } from "node:path";
import type { RunRow } from "../protocol/index.js";

type Beginning = Pick<RunRow, "script" | "args" | "cwd" | "target"> & { startedAtMs?: number };

/** A run that begins. */
export function newRow(runId: string, { script, args, cwd, target, startedAtMs = Date.now() }: Beginning): RunRow {
  return {
    runId,
    project: basename(cwd),
    name: basename(script),
    script,
    args: [...args],
    cwd,
    state: "running",
    startedAtMs,
    target,
    hasOutput: false,
    agents: 0,
    calls: 0,
    failedCalls: 0,
    openCalls: 0,
    untoldCalls: 0,
  };
}
