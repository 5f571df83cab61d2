import { execFileSync, spawnSync } from "node:child_process";
import { setTimeout } from "node:timers/promises";

/** Whether it runs. One that has ended but was not yet collected by its parent (state Z) does not. */
export function isAlive(processId: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(processId)], { encoding: "utf8" });
  return stdout.trim() !== "" && !stdout.trim().startsWith("Z");
}

/** The processes that a process started, and those that they started. */
export function descendants(processId: number): number[] {
  const table = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  const rows = table.split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  const childrenOf = (parent: number): number[] =>
    rows.flatMap(([pid, ppid]) => (ppid === parent && pid !== undefined ? [pid, ...childrenOf(pid)] : []));
  return childrenOf(processId);
}

export async function until(condition: () => boolean, { timeoutMs, what }: { timeoutMs: number; what: string }) {
  const deadline = Date.now() + timeoutMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await setTimeout(20);
  }
}
