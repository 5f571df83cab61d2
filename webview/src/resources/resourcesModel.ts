import type { ServerRow } from "agentscope-distributed-daemon/protocol";
import type { Daemon, LinkState } from "../daemon/daemon.js";
import { metrics, type Metric } from "./metric.js";
import { Palette } from "./palette.js";
import type { PlotContent } from "./plot.js";
import { SampleBook } from "./sampleBook.js";
import { rowsAfter, type ShownServer, shownServers } from "./shownServers.js";
import { gridOf, lineOf, timesOf } from "./timeGrid.js";
import { bounds, type TimeWindow } from "./timeWindow.js";

/** What the view knows of the servers, as long as it is open. */
export class ResourcesModel {
  readonly palette = new Palette();
  link: LinkState = { kind: "connecting" };
  /** Whether servers and samples have come once. */
  isLoaded = false;
  private rows: ReadonlyMap<string, ServerRow> = new Map();
  private readonly book = new SampleBook();
  private readonly stops: (() => void)[];

  constructor(daemon: Daemon, changed: () => void) {
    this.stops = [
      daemon.follow({ topic: "tree" }, (event) => {
        if (event.kind !== "tree") return;
        this.rows = rowsAfter(this.rows, event);
        // A new snapshot of the samples may come after that of the servers: they are forgotten by those alone who left.
        if (!event.snapshot) this.book.forgetAllBut(new Set(this.rows.keys()));
        changed();
      }),
      daemon.follow({ topic: "resources" }, (event) => {
        if (event.kind !== "resources") return;
        this.book.take(event, Date.now());
        this.isLoaded = true;
        changed();
      }),
      daemon.onLink((link) => {
        this.link = link;
        changed();
      }),
    ];
  }

  close(): void {
    for (const stop of this.stops) stop();
  }

  get servers(): ShownServer[] {
    const servers = shownServers(this.rows);
    // In this order, once: the colours stay.
    for (const { serverId } of servers) this.palette.of(serverId);
    return servers;
  }

  /** What the charts show, by the metric's id. */
  contents(window: TimeWindow, hidden: ReadonlySet<string>, nowMs: number): Map<Metric, PlotContent> {
    const { fromMs, toMs } = bounds(window, nowMs);
    const grid = gridOf({ fromMs, toMs }, nowMs);
    const times = timesOf(grid);
    const servers = this.servers.filter(({ serverId }) => !hidden.has(serverId));
    return new Map(
      metrics.map((metric) => {
        const lines = servers.map(({ serverId, name }) => ({
          ...{ serverId, name, style: this.palette.of(serverId) },
          points: lineOf(this.book.of(serverId), metric, grid),
        }));
        return [metric, { times, lines, fromMs, toMs }];
      }),
    );
  }
}
