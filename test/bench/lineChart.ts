/** A line of a chart: x and y are above 0, as both axes are logarithmic. */
export interface ChartLine {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** Drawn with gaps: what was not measured but reckoned. */
  readonly dashed?: boolean;
}

export interface Chart {
  readonly title: string;
  readonly xName: string;
  readonly yName: string;
  readonly lines: readonly ChartLine[];
}

const width = 760;
const height = 460;
const plot = { left: 80, top: 50, right: 560, bottom: 390 };
/** Told apart by those who see few colours, too; on white and on dark pages. */
const colours = ["#888888", "#e69f00", "#56b4e9", "#009e73", "#d55e00", "#cc79a7"];

/** The chart as SVG: both axes logarithmic, a line of the grid at each power of ten. */
export function lineChart({ title, xName, yName, lines }: Chart): string {
  const x = logScale(
    lines.flatMap(({ points }) => points.map((point) => point.x)),
    plot.left,
    plot.right,
  );
  const y = logScale(
    lines.flatMap(({ points }) => points.map((point) => point.y)),
    plot.bottom,
    plot.top,
  );
  const middle = (plot.top + plot.bottom) / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13" fill="#777">`,
    text({ x: (plot.left + plot.right) / 2, y: 28, anchor: "middle" }, title),
    text({ x: (plot.left + plot.right) / 2, y: height - 20, anchor: "middle" }, xName),
    `<g transform="rotate(-90 20 ${middle})">${text({ x: 20, y: middle, anchor: "middle" }, yName)}</g>`,
    ...x.ticks.map((tick) => grid(tick, { x1: x.at(tick), y1: plot.top, x2: x.at(tick), y2: plot.bottom })),
    ...x.ticks.map((tick) => text({ x: x.at(tick), y: plot.bottom + 20, anchor: "middle" }, inFigures(tick))),
    ...y.ticks.map((tick) => grid(tick, { x1: plot.left, y1: y.at(tick), x2: plot.right, y2: y.at(tick) })),
    ...y.ticks.map((tick) => text({ x: plot.left - 8, y: y.at(tick) + 4, anchor: "end" }, inFigures(tick))),
    ...lines.flatMap((line, index) => drawn(line, { x, y, index })),
    "</svg>\n",
  ].join("\n");
}

interface Scale {
  readonly ticks: readonly number[];
  at(value: number): number;
}

/** From the power of ten at or below the smallest value to the one at or above the largest. */
function logScale(values: readonly number[], from: number, to: number): Scale {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  return {
    ticks: Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)),
    at: (value) => rounded(from + ((Math.log10(value) - low) / (high - low)) * (to - from)),
  };
}

function drawn(line: ChartLine, { x, y, index }: { x: Scale; y: Scale; index: number }): string[] {
  const colour = colours[index % colours.length] ?? "#888888";
  const at = line.points.map((point) => ({ x: x.at(point.x), y: y.at(point.y) }));
  const path = at.map((point) => `${point.x},${point.y}`).join(" ");
  const dashes = line.dashed === true ? ' stroke-dasharray="6 5"' : "";
  const legendY = plot.top + 12 + index * 24;
  return [
    `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"${dashes}/>`,
    ...at.map((point) => `<circle cx="${point.x}" cy="${point.y}" r="3" fill="${colour}"/>`),
    `<line x1="${plot.right + 16}" y1="${legendY}" x2="${plot.right + 40}" y2="${legendY}" stroke="${colour}" stroke-width="2"${dashes}/>`,
    text({ x: plot.right + 46, y: legendY + 4, anchor: "start" }, line.name),
  ];
}

function grid(tick: number, at: { x1: number; y1: number; x2: number; y2: number }): string {
  return `<line data-tick="${tick}" x1="${at.x1}" y1="${at.y1}" x2="${at.x2}" y2="${at.y2}" stroke="#777" stroke-opacity="0.3"/>`;
}

function text({ x, y, anchor }: { x: number; y: number; anchor: string }, words: string): string {
  const escaped = words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${escaped}</text>`;
}

function inFigures(tick: number): string {
  return tick < 1 ? String(Number(tick.toPrecision(1))) : tick.toLocaleString("en-US");
}

function rounded(position: number): number {
  return Math.round(position * 10) / 10;
}
