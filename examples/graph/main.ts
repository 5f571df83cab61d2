import { type Period, Step } from "./agents/step.js";
import { lanes } from "./lanes.js";
import { runGraph } from "./runGraph.js";

const durationMs = 1000;
const names = ["A", "B", "C", "D", "E", "F"] as const;
const step = (name: string) => new Step({ name, durationMs, toDist: true });

const placeholders = runGraph({ A: step("A"), B: step("B"), C: step("C"), D: step("D"), E: step("E"), F: step("F") });
const messages = await Promise.all(placeholders);
const periods = new Map(messages.map((message, index) => [names[index] ?? "", message.metadata as Period]));

console.log(`${String(messages.at(-1)?.content)}\n`);
console.log(lanes(periods).join("\n"));

const all = [...periods.values()];
const tookMs = Math.max(...all.map((period) => period.endedAt)) - Math.min(...all.map((period) => period.startedAt));
const oneByOneMs = all.reduce((sum, { startedAt, endedAt }) => sum + endedAt - startedAt, 0);
console.log(`\n${(tookMs / 1000).toFixed(2)} s; one after the other it would be ${(oneByOneMs / 1000).toFixed(2)} s`);
