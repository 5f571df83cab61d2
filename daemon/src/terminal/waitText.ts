import type { WaitStep } from "../protocol/index.js";
import { printable } from "./printable.js";

/** The chain that holds something up, each step below what it holds up. */
export function waitText(name: string, steps: readonly WaitStep[]): string {
  if (steps.length === 0) return `nothing holds ${printable(name)} up\n`;
  return steps
    .map(({ because, server }, index) => {
      const indent = index === 0 ? "" : `${"  ".repeat(Math.min(index, 20) - 1)}└ `;
      return `${indent}${printable(because)}  [${printable(server)}]\n`;
    })
    .join("");
}
