import type { WaitStep } from "../protocol/index.js";
import { printable } from "./printable.js";

/** The chain that holds something up, each step below what it holds up. */
export function waitText(name: string, steps: readonly WaitStep[]): string {
  // The daemon does not know what happened before it was there, and says no more than it knows.
  if (steps.length === 0)
    return `the daemon knows of no open call of ${printable(name)}: nothing that it was told of waits\n`;
  return steps
    .map(({ because, server }, index) => {
      const indent = index === 0 ? "" : `${"  ".repeat(Math.min(index, 20) - 1)}└ `;
      return `${indent}${printable(because)}  [${printable(server)}]\n`;
    })
    .join("");
}
