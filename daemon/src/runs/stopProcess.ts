import { setTimeout as pause } from "node:timers/promises";
import { endTree } from "../processes/endTree.js";
import { isRunning, type ProcessIdentity } from "../processes/processIdentity.js";

/** How long a script has to end after Ctrl-C, and after it was asked to. */
const patienceMs = 5000;
const lookEveryMs = 20;

/**
 * Ends a script as a person at its terminal would (SIGINT), then by asking (SIGTERM), then by force (SIGKILL).
 *
 * @param options `isLeader`: whether it leads a group of its own, which is then ended with it. Of a script that somebody started in a
 * terminal the process alone is ended: what else is in its group is not known.
 */
export async function stopProcess(script: ProcessIdentity, { isLeader }: { isLeader: boolean }): Promise<void> {
  if (process.platform !== "win32") {
    signal(script, "SIGINT", isLeader);
    if (await endsWithin(script, patienceMs)) {
      // What it left in its group ends with it.
      if (isLeader) await endTree(script, { graceMs: 0 });
      return;
    }
  }
  if (isLeader) return endTree(script, { graceMs: patienceMs });
  signal(script, "SIGTERM", false);
  if (!(await endsWithin(script, patienceMs))) signal(script, "SIGKILL", false);
}

function signal(script: ProcessIdentity, name: NodeJS.Signals, isGroup: boolean): void {
  if (!isRunning(script)) return;
  try {
    process.kill(isGroup ? -script.pid : script.pid, name);
  } catch {
    // It has ended meanwhile.
  }
}

async function endsWithin(script: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  while (isRunning(script)) {
    if (performance.now() > end) return false;
    await pause(lookEveryMs);
  }
  return true;
}
