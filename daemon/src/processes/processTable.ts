import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { isOutOfDescriptors } from "./descriptors.js";

export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** Id of its process group; 0 where the system has none. */
  readonly group: number;
}

const run = promisify(execFile);

/** So many are looked at together: each takes a descriptor meanwhile. */
const atOnce = 32;

/**
 * The processes of this machine that run or could: none that has ended and waits to be read of.
 *
 * @throws Error when they can't be read: there is no descriptor for it.
 */
export async function processTable(): Promise<ProcessEntry[]> {
  if (process.platform === "linux") return fromKernel();
  if (process.platform === "win32") return [];
  const { stdout } = await run("ps", ["-axo", "pid=,ppid=,pgid=,stat="], { maxBuffer: 16 * 1024 * 1024 });
  return stdout.split("\n").flatMap((line) => {
    const [pid, parent, group, state] = line.trim().split(/\s+/);
    if (pid === undefined || pid === "" || state?.startsWith("Z") === true) return [];
    return { pid: Number(pid), parent: Number(parent), group: Number(group) };
  });
}

async function fromKernel(): Promise<ProcessEntry[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found: ProcessEntry[] = [];
  for (let at = 0; at < pids.length; at += atOnce) {
    const entries = await Promise.all(pids.slice(at, at + atOnce).map((pid) => entryOf(Number(pid))));
    found.push(...entries.filter((entry) => entry !== undefined));
  }
  return found;
}

async function entryOf(pid: number): Promise<ProcessEntry | undefined> {
  try {
    const [state, parent, group] = statFields(await readFile(`/proc/${pid}/stat`, "utf8"));
    return state === "Z" || state === "X" ? undefined : { pid, parent: Number(parent), group: Number(group) };
  } catch (error) {
    if (isOutOfDescriptors(error)) throw error;
    // It has ended meanwhile.
    return undefined;
  }
}

/** What follows the name in a `stat` of Linux; the name stands in parentheses and can hold anything. */
export function statFields(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(") ") + 2).split(" ");
}
