import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { ChartTooltip, readingsAt } from "./chartTooltip.js";
import type { Metric } from "./metric.js";
import { Plot, type PlotContent, type PlotCursor } from "./plot.js";
import { clockTime } from "./quantity.js";

export interface ChartProps {
  metric: Metric;
  content: PlotContent;
  /** Changes with the page's colours. */
  theme: number;
  onSelect: (fromMs: number, toMs: number) => void;
  /** Nearer (below 1) or farther, around a moment. */
  onZoom: (factor: number, aroundMs: number) => void;
  onLive: () => void;
}

const zoomFactor = 0.5;

/** A metric of all servers over time. By keyboard it is a slider over its times, which says what it has there. */
export function Chart({ metric, content, theme, onSelect, onZoom, onLive }: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot>(undefined);
  const [cursor, setCursor] = useState<PlotCursor>();
  const [isLookedAt, setLookedAt] = useState(false);
  const latest = useRef({ content, onSelect });
  latest.current = { content, onSelect };
  const lineKey = content.lines.map(({ serverId, name }) => `${serverId} ${name}`).join("\n");

  useLayoutEffect(() => {
    if (host.current === null) return undefined;
    const made = new Plot(
      host.current,
      { metric, content: latest.current.content },
      {
        moved: setCursor,
        selected: (fromMs, toMs) => latest.current.onSelect(fromMs, toMs),
      },
    );
    plot.current = made;
    const watch = new ResizeObserver(([entry]) => {
      if (entry !== undefined) made.resize(entry.contentRect.width, entry.contentRect.height);
    });
    watch.observe(host.current);
    return () => {
      watch.disconnect();
      made.dispose();
    };
  }, [metric, lineKey]);

  useEffect(() => plot.current?.show(content), [content]);
  useEffect(() => plot.current?.redraw(), [theme]);

  const { times } = content;
  const index = Math.min(cursor?.index ?? times.length - 1, times.length - 1);
  const atMs = (times[index] ?? 0) * 1000;
  const readings = readingsAt(content.lines, index);

  function onKeyDown(event: KeyboardEvent): void {
    const jump = event.shiftKey ? 10 : 1;
    const moves: Record<string, () => void> = {
      ArrowLeft: () => plot.current?.moveTo(Math.max(index - jump, 0)),
      ArrowRight: () => plot.current?.moveTo(Math.min(index + jump, times.length - 1)),
      Home: () => plot.current?.moveTo(0),
      End: () => plot.current?.moveTo(times.length - 1),
      "+": () => onZoom(zoomFactor, atMs),
      "-": () => onZoom(1 / zoomFactor, atMs),
      Escape: onLive,
    };
    const move = event.ctrlKey || event.metaKey || event.altKey ? undefined : moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    move();
  }

  function leave(): void {
    setLookedAt(false);
    plot.current?.leave();
  }

  const spoken = readings.map(({ line, value }) => `${line.name} ${metric.text(value)}`).join(", ");
  return (
    <section class="chart" data-metric={metric.id}>
      <h2 title={metric.explanation}>{metric.title}</h2>
      <div
        class="plot"
        ref={host}
        role="slider"
        tabIndex={0}
        aria-label={`${metric.title} over time`}
        aria-valuemin={Math.round(times[0] ?? 0)}
        aria-valuemax={Math.round(times.at(-1) ?? 0)}
        aria-valuenow={Math.round(atMs / 1000)}
        aria-valuetext={`${clockTime(atMs)}: ${spoken === "" ? "nothing" : spoken}`}
        onKeyDown={onKeyDown}
        onFocus={() => setLookedAt(true)}
        onBlur={leave}
        onMouseEnter={() => setLookedAt(true)}
        onMouseLeave={() => setLookedAt(false)}
        onDblClick={onLive}
      />
      {isLookedAt && cursor !== undefined && (
        <ChartTooltip metric={metric} atMs={atMs} readings={readings} left={cursor.left} />
      )}
    </section>
  );
}
