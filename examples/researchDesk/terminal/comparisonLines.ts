import { availableParallelism } from "node:os";
import type { Comparison } from "../comparison.js";
import type { AnswerStyle } from "./answerLines.js";
import { seconds } from "./units.js";
import { wrap } from "./wrap.js";

/** Below this a person would ask why. */
const SMALL_SPEED_UP = 1.3;
const BUSY_MACHINE_RATIO = 1.3;

/** The times of both runs side by side, and why the gain is small where it is. */
export function comparisonLines(comparison: Comparison, style: AnswerStyle): string[] {
  const { localMs, distributedMs, startMs, speedUp, speedUpOfWork } = comparison;
  const row = (name: string, values: readonly string[], note: string) =>
    `  ${name.padEnd(24)}${values.map((value) => value.padStart(13)).join("")}   ${note}`;
  const cores = availableParallelism();
  return [
    style.paint("dim", row("", ["one process", "distributed"], "")),
    row(
      "from start to answer",
      [seconds(localMs), seconds(distributedMs)],
      style.paint("bold", `${speedUp.toFixed(2)} times as fast`) + ` on ${cores === 1 ? "1 core" : `${cores} cores`}`,
    ),
    row("  starting processes", ["–", seconds(startMs)], "included above"),
    row("  work", [seconds(localMs), seconds(distributedMs - startMs)], `${speedUpOfWork.toFixed(2)} times as fast`),
    ...reasons(comparison, cores).flatMap((reason) => wrap(reason, { ...style, lead: "  " })),
  ];
}

function reasons({ speedUp, startMs, distributedMs, busyRatio }: Comparison, cores: number): string[] {
  if (speedUp >= SMALL_SPEED_UP) return [];
  const found = [speedUp < 1 ? "Distribution cost time here." : "The gain is small here."];
  if (cores === 1) found.push("This machine has one core: processes take turns on it.");
  if (startMs > distributedMs / 4)
    found.push("Much of the time went into starting processes: more text would pay more.");
  if (busyRatio > BUSY_MACHINE_RATIO) {
    found.push(
      `The same work took ${busyRatio.toFixed(1)} times as long in each process: other programs use the cores.`,
    );
  }
  return [found.join(" ")];
}
