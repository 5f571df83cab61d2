import type { Period } from "./agents/step.js";

const WIDTH = 48;

/** A line for each agent, with a bar from the start to the end of its work. */
export function lanes(periods: ReadonlyMap<string, Period>): string[] {
  const start = Math.min(...[...periods.values()].map((period) => period.startedAt));
  const end = Math.max(...[...periods.values()].map((period) => period.endedAt));
  const column = (time: number) => Math.round(((time - start) / (end - start)) * WIDTH);
  return [...periods].map(([name, { startedAt, endedAt }]) => {
    const bar = " ".repeat(column(startedAt)) + "█".repeat(Math.max(1, column(endedAt) - column(startedAt)));
    return `${name} |${bar.padEnd(WIDTH)}| ${inSeconds(startedAt - start)} to ${inSeconds(endedAt - start)}`;
  });
}

function inSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
