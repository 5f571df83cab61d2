import type { Step, WorkSpan } from "../workSpan.js";
import type { Paint } from "./style.js";
import { seconds } from "./units.js";

export interface TimelineOptions {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly columns: number;
  readonly paint: Paint;
  /** What a person calls the process of a lane. */
  readonly processName: (span: WorkSpan) => string;
}

const LOOKS = {
  read: { mark: "█", color: "cyan", meaning: "read and index" },
  count: { mark: "▓", color: "yellow", meaning: "count words" },
  score: { mark: "▒", color: "magenta", meaning: "score" },
  merge: { mark: "◆", color: "red", meaning: "merge" },
  write: { mark: "●", color: "green", meaning: "write" },
} as const satisfies Record<Step, { mark: string; color: string; meaning: string }>;

/** Who worked when: a lane for each agent, a mark for what it did most of in each piece of time. */
export function timeline(spans: readonly WorkSpan[], options: TimelineOptions): string[] {
  const { startedAt, endedAt, paint } = options;
  const lanes = [...new Set(spans.map((span) => span.agent))].map((agent) =>
    spans.filter((span) => span.agent === agent),
  );
  const agentWidth = Math.max(...spans.map((span) => span.agent.length));
  const names = lanes.map(([first]) =>
    first ? `${first.agent.padEnd(agentWidth)}  ${options.processName(first)}` : "",
  );
  const nameWidth = Math.max(...names.map((name) => name.length));
  const width = options.columns - nameWidth - "   |".length - "| 0.00 s ".length;
  const cellMs = (endedAt - startedAt) / width;
  const total = seconds(endedAt - startedAt);
  return [
    `  ${" ".repeat(nameWidth)} 0${total.padStart(width)}  ${paint("dim", "busy")}`,
    ...lanes.map((own, index) => {
      const cells = Array.from({ length: width }, (_, cell) => {
        const step = mainStep(own, startedAt + cell * cellMs, startedAt + (cell + 1) * cellMs);
        return step ? paint(LOOKS[step].color, LOOKS[step].mark) : paint("dim", "·");
      });
      const busyMs = own.reduce((sum, span) => sum + span.endedAt - span.startedAt, 0);
      return `  ${(names[index] ?? "").padEnd(nameWidth)} |${cells.join("")}| ${seconds(busyMs)}`;
    }),
    `  ${Object.values(LOOKS)
      .map(({ mark, color, meaning }) => `${paint(color, mark)} ${meaning}`)
      .join("   ")}`,
  ];
}

/** What a lane did for most of the time from `from` to `to`; a moment's work shows too. */
function mainStep(spans: readonly WorkSpan[], from: number, to: number): Step | undefined {
  const longest = { step: undefined as Step | undefined, ms: -1 };
  for (const { step, startedAt, endedAt } of spans) {
    const ms = Math.min(endedAt, to) - Math.max(startedAt, from);
    const begins = startedAt >= from && startedAt < to;
    if (ms > longest.ms && (ms > 0 || begins)) Object.assign(longest, { step, ms });
  }
  return longest.step;
}
