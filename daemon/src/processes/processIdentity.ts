import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { isOutOfDescriptors } from "./descriptors.js";
import { statFields } from "./processTable.js";

/** Which process a number means: numbers are given again when a process has ended. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it was started, in the system's own words; empty where the system does not tell cheaply, or could not be asked: then the number alone counts. */
  readonly startedAt: string;
}

/** The process that has the number now; undefined: none, or one that has ended and was not read of yet. */
export function identify(pid: number): ProcessIdentity | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  const startedAt = process.platform === "linux" ? startOnLinux(pid) : startElsewhere(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

/** Whether that very process still runs. */
export function isRunning({ pid, startedAt }: ProcessIdentity): boolean {
  const now = identify(pid);
  return now !== undefined && (now.startedAt === startedAt || now.startedAt === "" || startedAt === "");
}

function startOnLinux(pid: number): string | undefined {
  try {
    const fields = statFields(readFileSync(`/proc/${pid}/stat`, "utf8"));
    // The 22nd field of the whole, in ticks since the machine was started.
    return fields[0] === "Z" || fields[0] === "X" ? undefined : `${bootId()}/${fields[19]}`;
  } catch (error) {
    // Who can open no file knows nothing of it but whether it is there.
    return isOutOfDescriptors(error) && hasProcess(pid) ? "" : undefined;
  }
}

let knownBootId: string | undefined;

function bootId(): string {
  return (knownBootId ??= readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());
}

function startElsewhere(pid: number): string | undefined {
  if (!hasProcess(pid)) return undefined;
  if (process.platform === "win32") return "";
  try {
    const said = execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
    const [state = "", ...start] = said.split(/\s+/);
    return said === "" || state.startsWith("Z") ? undefined : start.join(" ");
  } catch {
    return undefined;
  }
}

function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's is there, too.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
