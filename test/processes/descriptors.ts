import { execFileSync, spawnSync } from "node:child_process";

/** Whether the limits of a process that runs can be set here. */
export const hasPrlimit = spawnSync("prlimit", ["--version"]).status === 0;

/** Standard input, output and error: each descriptor that a process opens has a higher number. */
const standard = 3;

/** From now on a process can open no file and no connection, and take none; those that it has stay. */
export function takeDescriptors(pid: number): void {
  limitDescriptors(pid, standard);
}

/** It can open as many as the system lets it. */
export function giveDescriptors(pid: number): void {
  limitDescriptors(pid, prlimit(pid, "--nofile", "--output", "HARD", "--noheadings"));
}

function limitDescriptors(pid: number, limit: number | string): void {
  prlimit(pid, `--nofile=${limit}:`);
}

function prlimit(pid: number, ...args: string[]): string {
  return execFileSync("prlimit", ["--pid", `${pid}`, ...args])
    .toString()
    .trim();
}
