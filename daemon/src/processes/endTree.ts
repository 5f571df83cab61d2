import { execFile } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { identify, isRunning, type ProcessIdentity } from "./processIdentity.js";
import { type ProcessEntry, processTable } from "./processTable.js";

export interface TreeEnd {
  /** How long the process itself has to end in good order, with what it started. Default 5,000. */
  graceMs?: number;
  /** How long what it left behind has to end when it is told to. Default 1,000. */
  leftBehindMs?: number;
}

const lookEveryMs = 20;
/** So long it is tried to read which processes there are; what was found before has to do then. */
const readWithinMs = 3000;

/**
 * Ends a process that leads a process group, and all that it started: also what left the group, as far as it was its descendant when
 * this began or while it ended. First the process alone is told (SIGTERM), so that it can end its own in good order; then what is left of
 * them (SIGTERM); then nothing is asked any more (SIGKILL).
 *
 * @param leader may have ended already: what is left of its group is ended. One that could not be started (number 0) has nothing to be ended.
 */
export async function endTree(
  leader: ProcessIdentity,
  { graceMs = 5000, leftBehindMs = 1000 }: TreeEnd = {},
): Promise<void> {
  // Number 0 is the system's, of which all processes descend.
  if (leader.pid <= 0) return;
  if (process.platform === "win32") return endOnWindows(leader);
  const tree = new Tree(leader);
  await tree.look();
  if (isRunning(leader)) signal(leader.pid, "SIGTERM");
  await tree.endsWithin(graceMs, () => !isRunning(leader));
  if (!isRunning(leader)) await tree.tell("SIGTERM", leftBehindMs);
  // Twice: what is started while the others are ended is found in the second look.
  for (let round = 0; round < 2; round++) await tree.tell("SIGKILL", leftBehindMs);
}

/** The processes below a leader that were seen, by their identities: numbers are given again. */
class Tree {
  private readonly members = new Map<number, ProcessIdentity>();

  constructor(private readonly leader: ProcessIdentity) {
    this.members.set(leader.pid, leader);
  }

  async look(): Promise<void> {
    const table = await readTable();
    for (const pid of below(table, [...this.members.keys()])) this.add(pid);
    // While anything is in the group its number is given to nobody else, also when its leader has ended.
    for (const { pid, group } of table) if (group === this.leader.pid) this.add(pid);
    for (const [pid, member] of this.members) if (!isRunning(member)) this.members.delete(pid);
  }

  async tell(name: NodeJS.Signals, waitMs: number): Promise<void> {
    await this.look();
    for (const { pid } of this.members.values()) signal(pid, name);
    await this.endsWithin(waitMs, () => this.members.size === 0);
  }

  async endsWithin(timeoutMs: number, isOver: () => boolean): Promise<void> {
    const end = performance.now() + timeoutMs;
    for (;;) {
      for (const [pid, member] of this.members) if (!isRunning(member)) this.members.delete(pid);
      if (isOver() || performance.now() > end) return;
      await pause(lookEveryMs);
    }
  }

  private add(pid: number): void {
    if (pid === process.pid || this.members.has(pid)) return;
    const identity = identify(pid);
    if (identity !== undefined) this.members.set(pid, identity);
  }
}

/** There may be no descriptor left to read it, for a moment. */
async function readTable(): Promise<ProcessEntry[]> {
  const end = performance.now() + readWithinMs;
  for (;;) {
    try {
      return await processTable();
    } catch {
      if (performance.now() > end) return [];
      await pause(lookEveryMs);
    }
  }
}

function below(table: readonly ProcessEntry[], parents: readonly number[]): number[] {
  const found = new Set<number>(parents);
  // A table is not sorted by descent.
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const { pid, parent } of table) if (found.has(parent)) found.add(pid);
  }
  return [...found];
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended, which is what is wanted, or is another user's by now.
  }
}

async function endOnWindows({ pid }: ProcessIdentity): Promise<void> {
  await new Promise<void>((resolve) => {
    execFile("taskkill", ["/T", "/F", "/PID", String(pid)], () => resolve());
  });
}
