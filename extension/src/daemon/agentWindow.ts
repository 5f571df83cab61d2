import type { AgentRow, StreamEvent } from "agentscope-distributed-daemon/protocol";
import type { DaemonClient } from "./daemonClient.js";
import { Listeners } from "./listeners.js";

export interface WindowOptions {
  serverId: string;
  /** Part of a name, class or id. */
  filter?: string;
  pageSize?: number;
}

/** What changed in a window: rows that are shown already, or which rows are shown. */
export type WindowChange = { kind: "rows"; agentIds: string[] } | { kind: "list" };

/** The first agents of a server, live, in pages: what is not looked at is not sent. */
export class AgentWindow {
  readonly changed = new Listeners<WindowChange>();
  /** Of all that match the filter. */
  total = 0;
  private readonly pages: (readonly AgentRow[])[] = [];
  private pageCount = 0;
  /** What ends the stream of each page; empty: it is paused, or closed. */
  private readonly stops: (() => void)[] = [];
  private isPaused = false;
  private readonly pageSize: number;
  private markLoaded = () => {};
  /** Resolves with the first page, or when there is none to come. */
  readonly loaded: Promise<void> = new Promise((resolve) => {
    this.markLoaded = resolve;
  });

  constructor(
    private readonly client: DaemonClient,
    private readonly options: WindowOptions,
  ) {
    this.pageSize = options.pageSize ?? 200;
    this.grow();
  }

  /** Each agent once: pages change one after the other, and one that moved may be in two of them for a moment. */
  get rows(): readonly AgentRow[] {
    return [...new Map(this.pages.flat().map((row) => [row.agentId, row])).values()];
  }

  get hasMore(): boolean {
    return this.total > this.pageCount * this.pageSize;
  }

  /** One page more. */
  grow(): void {
    const page = this.pageCount++;
    if (!this.isPaused) this.follow(page);
  }

  /** Nobody looks: nothing is sent until somebody does again, and what was shown stays. */
  pause(): void {
    this.isPaused = true;
    this.stop();
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    for (let page = 0; page < this.pageCount; page++) this.follow(page);
  }

  close(): void {
    this.pageCount = 0;
    this.stop();
    this.markLoaded();
  }

  private follow(page: number): void {
    const { serverId, filter } = this.options;
    const topic = { topic: "agents", serverId, offset: page * this.pageSize, limit: this.pageSize } as const;
    this.stops.push(this.client.watch(filter ? { ...topic, filter } : topic, (event) => this.take(page, event)));
  }

  private stop(): void {
    for (const stop of this.stops.splice(0)) stop();
  }

  private take(page: number, event: StreamEvent): void {
    if (event.kind === "agents") {
      const before = this.pages[page] ?? [];
      const totalBefore = this.total;
      this.total = event.total;
      this.pages[page] = event.rows;
      this.markLoaded();
      const sameAgents =
        before.length === event.rows.length && before.every((row, index) => row.agentId === event.rows[index]?.agentId);
      if (!sameAgents || totalBefore !== event.total) this.changed.tell({ kind: "list" });
      else this.tellRows(before, event.rows);
    } else if (event.kind === "ended") {
      this.markLoaded();
    }
  }

  private tellRows(before: readonly AgentRow[], after: readonly AgentRow[]): void {
    const changed = after.filter((row, index) => JSON.stringify(row) !== JSON.stringify(before[index]));
    if (changed.length > 0) this.changed.tell({ kind: "rows", agentIds: changed.map((row) => row.agentId) });
  }
}
