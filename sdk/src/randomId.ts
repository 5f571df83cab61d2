import { closeSync, openSync, readSync } from "node:fs";

const pool = Buffer.allocUnsafeSlow(4096);
let taken = pool.length;

/**
 * So many secret random bytes, as hex digits.
 *
 * They come from the system itself. Node's crypto has them too, but loading it takes a sixth of what a process needs to start, and scripts
 * and the worker threads of agent servers need little else of it.
 */
export function randomHex(sizeBytes: number): string {
  if (taken + sizeBytes > pool.length) {
    fillPool();
    taken = 0;
  }
  taken += sizeBytes;
  return pool.toString("hex", taken - sizeBytes, taken);
}

function fillPool(): void {
  if (!readSystem()) process.getBuiltinModule("node:crypto").randomFillSync(pool);
}

/** False where the system has no such file. */
function readSystem(): boolean {
  if (process.platform === "win32") return false;
  try {
    const source = openSync("/dev/urandom", "r");
    try {
      return readSync(source, pool) === pool.length;
    } finally {
      closeSync(source);
    }
  } catch {
    return false;
  }
}

/** The id of an agent, as AgentScope makes them: 32 hex digits. */
export function newAgentId(): string {
  return randomHex(16);
}

/** A random UUID (version 4). */
export function randomUUID(): string {
  const hex = randomHex(16);
  const variant = "89ab"[Number.parseInt(hex.charAt(16), 16) & 3];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}
