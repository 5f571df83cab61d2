import type { Metric } from "./metric.js";
import { LineMark } from "./lineMark.js";
import type { PlotLine } from "./plot.js";
import { clockTime } from "./quantity.js";

/** What a line has at a time. */
export interface LineReading {
  line: PlotLine;
  value: number;
}

const mostShown = 8;

/** The highest first. Between two samples a line has what it had at the first of them. */
export function readingsAt(lines: readonly PlotLine[], index: number): LineReading[] {
  return lines
    .flatMap((line) => {
      const value = valueAt(line, index);
      return value === undefined ? [] : [{ line, value }];
    })
    .sort((a, b) => b.value - a.value);
}

function valueAt({ points }: PlotLine, index: number): number | undefined {
  // Samples are ten seconds apart at most, and points one second at least.
  for (let at = index; at >= 0 && at > index - 10; at--) {
    const point = points[at];
    if (point === null) return undefined;
    if (point !== undefined) return point;
  }
  return undefined;
}

export interface ChartTooltipProps {
  metric: Metric;
  atMs: number;
  readings: readonly LineReading[];
  /** Of the cursor, in pixels from the left of what is drawn. */
  left: number;
}

/** Beside the cursor. Hidden from screen readers: the chart itself says the same. */
export function ChartTooltip({ metric, atMs, readings, left }: ChartTooltipProps) {
  const more = readings.length - mostShown;
  return (
    <div class="tooltip" aria-hidden="true" ref={(element) => place(element, left)}>
      <div class="tooltip-time">{clockTime(atMs)}</div>
      {readings.slice(0, mostShown).map(({ line, value }) => (
        <div class="tooltip-row" key={line.serverId}>
          <LineMark style={line.style} />
          <span class="tooltip-name">{line.name}</span>
          <span class="number">{metric.text(value)}</span>
        </div>
      ))}
      {readings.length === 0 && <div>no server was there</div>}
      {more > 0 && <div class="quiet">and {more} more</div>}
    </div>
  );
}

const axisWidth = 62;
const distance = 14;

/** On the side that has room. */
function place(element: HTMLElement | null, left: number): void {
  if (element === null) return;
  const at = left + axisWidth;
  const room = (element.parentElement?.clientWidth ?? 0) - at - distance;
  const begin = room >= element.offsetWidth ? at + distance : at - distance - element.offsetWidth;
  element.style.transform = `translateX(${Math.max(begin, 0)}px)`;
}
