import { readdirSync, readFileSync } from "node:fs";

/**
 * CPU time that processes of others took while we measured. Linux only (/proc); elsewhere nothing is known: `undefined`.
 * Hazards: both counters tick in hundredths of a second, so short rounds are coarse; interrupts belong to nobody and are
 * counted neither as ours nor as foreign; a child that nobody waits for leaves our sum when it ends.
 */
export interface CpuSample {
  /** What all processes of the machine used since boot, and what the hypervisor gave to others meanwhile. */
  readonly machineSeconds: number;
  /** What our process tree used since it was started, ended children included. */
  readonly treeSeconds: number;
}

const TICKS_PER_SECOND = 100; // USER_HZ: 100 on every Linux that Node runs on

export function sampleCpu(rootPid = process.pid): CpuSample | undefined {
  let machineSeconds: number;
  try {
    machineSeconds = machineBusySeconds(readFileSync("/proc/stat", "utf8"));
  } catch {
    return undefined;
  }
  return { machineSeconds, treeSeconds: treeSeconds(readProcessTimes(), rootPid) };
}

export function foreignCpuSeconds(before: CpuSample | undefined, after: CpuSample | undefined): number | undefined {
  if (!before || !after) return undefined;
  const machine = after.machineSeconds - before.machineSeconds;
  const ours = after.treeSeconds - before.treeSeconds;
  return Math.max(0, machine - ours);
}

/** The first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal, … in ticks. */
export function machineBusySeconds(procStat: string): number {
  const line = procStat.slice(0, procStat.indexOf("\n"));
  const [user = 0, nice = 0, system = 0, , , , , steal = 0] = line.trim().split(/\s+/).slice(1).map(Number);
  return (user + nice + system + steal) / TICKS_PER_SECOND;
}

export interface ProcessTimes {
  readonly pid: number;
  readonly parentPid: number;
  readonly seconds: number;
}

/** A line of /proc/PID/stat. The second field is the program's name in brackets, and may itself hold blanks and brackets. */
export function parseProcessTimes(stat: string): ProcessTimes {
  const nameEnd = stat.lastIndexOf(")");
  const pid = Number(stat.slice(0, stat.indexOf(" ")));
  const fields = stat.slice(nameEnd + 2).split(" ");
  const ticks = (index: number): number => Number(fields[index] ?? 0);
  // After the name: state, ppid, …; utime, stime, cutime, cstime are the 12th to the 15th.
  return { pid, parentPid: ticks(1), seconds: (ticks(11) + ticks(12) + ticks(13) + ticks(14)) / TICKS_PER_SECOND };
}

/** Time of the process `rootPid` and of everything below it. */
export function treeSeconds(processes: readonly ProcessTimes[], rootPid: number): number {
  const children = new Map<number, ProcessTimes[]>();
  for (const one of processes) {
    const siblings = children.get(one.parentPid);
    if (siblings) siblings.push(one);
    else children.set(one.parentPid, [one]);
  }
  let seconds = processes.find((one) => one.pid === rootPid)?.seconds ?? 0;
  const pending = [rootPid];
  for (let pid = pending.pop(); pid !== undefined; pid = pending.pop()) {
    for (const child of children.get(pid) ?? []) {
      seconds += child.seconds;
      pending.push(child.pid);
    }
  }
  return seconds;
}

/** What one process and its ended children have computed so far. */
export function computedSeconds(pid: number): number {
  return parseProcessTimes(readFileSync(`/proc/${pid}/stat`, "utf8")).seconds;
}

function readProcessTimes(): ProcessTimes[] {
  const processes: ProcessTimes[] = [];
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      processes.push(parseProcessTimes(readFileSync(`/proc/${entry}/stat`, "utf8")));
    } catch {
      // It ended between the listing and the reading; its parent's counters hold its time.
    }
  }
  return processes;
}
