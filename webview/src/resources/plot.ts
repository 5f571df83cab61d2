import uPlot from "uplot";
import { CanvasColours } from "./canvasColours.js";
import type { Metric } from "./metric.js";
import type { LineStyle } from "./palette.js";
import type { Point } from "./timeGrid.js";

/** What one server did. */
export interface PlotLine {
  serverId: string;
  name: string;
  style: LineStyle;
  points: Point[];
}

export interface PlotContent {
  /** In seconds since 1970; each line has a point for each. */
  times: number[];
  lines: readonly PlotLine[];
  /** In milliseconds since 1970. */
  fromMs: number;
  toMs: number;
}

/** A place in the plot: which time, and where it stands from the left, in pixels. */
export interface PlotCursor {
  index: number;
  left: number;
}

export interface PlotListener {
  moved(cursor: PlotCursor | undefined): void;
  selected(fromMs: number, toMs: number): void;
}

/** The cursors of all charts of the page move together. */
const syncKey = "resources";
const axisWidth = 62;
const leastSelectionPixels = 6;

/** One drawn chart. It draws on a canvas with the colours that the page has at that moment. */
export class Plot {
  private readonly plot: uPlot;
  private readonly colours: CanvasColours;

  constructor(
    private readonly host: HTMLElement,
    { metric, content }: { metric: Metric; content: PlotContent },
    private readonly listener: PlotListener,
  ) {
    this.colours = new CanvasColours(host);
    this.plot = new uPlot(this.options(metric, content), dataOf(content), host);
    this.show(content);
  }

  /** Of the same lines as before: others need another plot. */
  show(content: PlotContent): void {
    this.plot.batch(() => {
      this.plot.setData(dataOf(content), false);
      this.plot.setScale("x", { min: content.fromMs / 1000, max: content.toMs / 1000 });
    });
  }

  /** Moves the cursor to a time that the content has. */
  moveTo(index: number): void {
    const time = this.plot.data[0]?.[index];
    if (time === undefined) return;
    this.plot.setCursor({ left: this.plot.valToPos(time, "x"), top: this.plot.over.clientHeight / 2 });
  }

  leave(): void {
    this.plot.setCursor({ left: -10, top: -10 });
  }

  resize(width: number, height: number): void {
    this.plot.setSize({ width, height });
  }

  /** With the colours that the page has now. */
  redraw(): void {
    this.plot.redraw(false, true);
  }

  dispose(): void {
    this.plot.destroy();
    this.colours.dispose();
  }

  private options(metric: Metric, { lines }: PlotContent): uPlot.Options {
    const { clientWidth, clientHeight } = this.host;
    const colour = (property: string) => () => this.colours.of(property);
    const axis = {
      stroke: colour("--chart-text"),
      font: "11px system-ui, sans-serif",
      grid: { stroke: colour("--chart-grid"), width: 1 },
      ticks: { show: false },
    };
    return {
      width: Math.max(clientWidth, 100),
      height: Math.max(clientHeight, 80),
      // Room for half of a time at the right end.
      padding: [8, 26, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        sync: { key: syncKey, setSeries: false },
        drag: { x: true, y: false, setScale: false, dist: leastSelectionPixels },
        points: { size: 6 },
      },
      scales: { x: { time: true, auto: false }, y: { range: (_, __, highest) => [0, top(highest, metric)] } },
      axes: [
        {
          ...axis,
          size: 28,
          space: 70,
          values: (_, splits) => splits.map((at) => timeText(at, (splits[1] ?? at) - (splits[0] ?? at))),
        },
        {
          ...axis,
          size: axisWidth,
          space: 28,
          ...(metric.steps !== undefined && { incrs: metric.steps }),
          values: (_, splits) => splits.map(metric.text),
        },
      ],
      series: [
        {},
        ...lines.map(({ name, style }) => ({
          label: name,
          stroke: colour(style.property),
          width: 1.75,
          dash: style.dash,
          points: { show: false },
          ...(lines.length === 1 && { fill: () => this.colours.of(style.property, 11) }),
        })),
      ],
      hooks: {
        setCursor: [(plot) => this.listener.moved(cursorOf(plot))],
        setSelect: [(plot) => this.select(plot)],
      },
    };
  }

  private select(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < leastSelectionPixels) return;
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.listener.selected(plot.posToVal(left, "x") * 1000, plot.posToVal(left + width, "x") * 1000);
  }
}

function dataOf({ times, lines }: PlotContent): uPlot.AlignedData {
  return [times, ...lines.map(({ points }) => points)];
}

function cursorOf({ cursor }: uPlot): PlotCursor | undefined {
  const { idx, left = -1 } = cursor;
  return idx == null || left < 0 ? undefined : { index: idx, left };
}

/** A little above the highest. */
function top(highest: number | null, { leastTop }: Metric): number {
  return Math.max((highest ?? 0) * 1.1, leastTop);
}

function timeText(atSeconds: number, stepSeconds: number): string {
  const time = new Date(atSeconds * 1000).toLocaleTimeString("en-GB");
  return stepSeconds < 60 ? time : time.slice(0, 5);
}
