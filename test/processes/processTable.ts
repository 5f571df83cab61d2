import { readdirSync, readFileSync } from "node:fs";

interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
}

/** The processes of this machine that run or could (no zombies), as the kernel lists them. */
function processes(): ProcessEntry[] {
  return readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? (entry(Number(name)) ?? []) : []));
}

function entry(pid: number): ProcessEntry | undefined {
  try {
    // The name of the program stands in parentheses and can hold anything.
    const [state, parent, group] = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return state === "Z" || state === "X" ? undefined : { pid, parent: Number(parent), group: Number(group) };
  } catch {
    return undefined;
  }
}

/** The memory of a process that is in use, in bytes. */
export function residentBytes(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}

export function isAlive(pid: number): boolean {
  return entry(pid) !== undefined;
}

/** The processes that were started with this in their environment, and those that inherited it: number and command line. */
export function processesWith(variable: string, value: string): Map<number, string> {
  const wanted = `${variable}=${value}`;
  const found = processes().flatMap(({ pid }): [number, string][] => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
      if (!environment.includes(wanted)) return [];
      return [[pid, readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim()]];
    } catch {
      return []; // It has ended, or is another user's.
    }
  });
  return new Map(found);
}

/** The children of a process, and theirs. */
export function descendants(pid: number): number[] {
  const all = processes();
  const below = (parent: number): number[] =>
    all.filter((one) => one.parent === parent).flatMap((child) => [child.pid, ...below(child.pid)]);
  return below(pid);
}

/** The processes of a group: what one that leads a group has started, also after it is gone. */
export function groupMembers(group: number): number[] {
  return processes().flatMap((one) => (one.group === group ? [one.pid] : []));
}
