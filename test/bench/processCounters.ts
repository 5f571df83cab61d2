import { readFileSync } from "node:fs";

/** Resident memory of a process now, and the most it ever had, in bytes (Linux). */
export function residentMemory(pid: number): { readonly nowBytes: number; readonly peakBytes: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return { nowBytes: field(status, "VmRSS") * 1024, peakBytes: field(status, "VmHWM") * 1024 };
}

/** Bytes a process has read and written since its start, sockets included (Linux counts every read and write call). */
export function transferredBytes(pid: number): { readonly readBytes: number; readonly writtenBytes: number } {
  const io = readFileSync(`/proc/${pid}/io`, "utf8");
  return { readBytes: field(io, "rchar"), writtenBytes: field(io, "wchar") };
}

function field(text: string, name: string): number {
  const value = new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1];
  if (value === undefined) throw new Error(`/proc has no ${name}`);
  return Number(value);
}
