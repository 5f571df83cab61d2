import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, openSync, readdirSync } from "node:fs";

/** Whether the limits of a process that runs can be set here. */
export const hasPrlimit = process.platform === "linux" && spawnSync("prlimit", ["--version"]).status === 0;

/** So many more than it has are the most while this process is to run out of them. */
const room = 50;

/** Runs something while this process can open no file and no connection. */
export async function withoutDescriptors<T>(work: () => T | Promise<T>): Promise<T> {
  const [soft = ""] = prlimit("--nofile", "--output", "SOFT", "--noheadings").split(/\s+/);
  const highest = Math.max(...readdirSync("/proc/self/fd").map(Number));
  prlimit(`--nofile=${highest + room}:`);
  const taken: number[] = [];
  try {
    for (;;) taken.push(openSync("/dev/null", "r"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EMFILE") throw error;
  }
  try {
    return await work();
  } finally {
    for (const file of taken) closeSync(file);
    prlimit(`--nofile=${soft}:`);
  }
}

function prlimit(...args: string[]): string {
  return execFileSync("prlimit", ["--pid", `${process.pid}`, ...args], { encoding: "utf8" }).trim();
}
