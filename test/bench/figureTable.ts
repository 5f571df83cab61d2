import type { Figure } from "./figure.js";

const columns = ["bench", "figure", "value", "unit", "yardstick", "ratio", "goal", "met", "others"] as const;
const alignedRight = new Set(["value", "yardstick", "ratio", "others"]);

/** The figures for a person: one row each, a bench's name only in its first row. */
export function figureTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure, index) => cells(figure, figures[index - 1]?.bench === figure.bench));
  const widths = columns.map((column, at) => Math.max(column.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) =>
        alignedRight.has(columns[at] ?? "") ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0),
      )
      .join("  ")
      .trimEnd();
  return [line(columns), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

/** Three significant digits, and whole numbers from a hundred on in groups of three. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en-US");
  return String(Number(value.toPrecision(3)));
}

function cells(figure: Figure, sameBench: boolean): string[] {
  return [
    sameBench ? "" : figure.bench,
    figure.figure,
    shortNumber(figure.value),
    figure.unit,
    figure.yardstick === null ? "" : shortNumber(figure.yardstick),
    figure.ratio === null ? "" : shortNumber(figure.ratio),
    figure.goal ?? "",
    figure.met === null ? "" : figure.met ? "met" : "MISSED",
    othersOf(figure),
  ];
}

/** The same for a page of Markdown, as docs/performance.md has it. */
export function markdownTable(figures: readonly Figure[]): string {
  const rows = figures.map(({ bench, figure, value, unit, yardstick, ratio, ...rest }) => [
    `\`${bench}\``,
    figure,
    `${shortNumber(value)} ${unit}`,
    yardstick === null ? "" : `${shortNumber(yardstick)} ${unit}`,
    ratio === null ? "" : shortNumber(ratio),
    (rest.goal ?? "").replace("at least", "≥").replace("at most", "≤"),
    rest.met === null ? "" : rest.met ? "yes" : "no",
    othersOf(rest),
  ]);
  const head = ["bench", "figure", "ours", "yardstick", "ratio", "goal", "reached", "others"];
  return [head, head.map(() => "---"), ...rows].map((cell) => `| ${cell.join(" | ")} |`).join("\n");
}

/** How much of the machine other programs had. */
function othersOf({ foreignCpuShare }: Pick<Figure, "foreignCpuShare">): string {
  return foreignCpuShare === null ? "" : `${Math.round(foreignCpuShare * 100)}%`;
}
