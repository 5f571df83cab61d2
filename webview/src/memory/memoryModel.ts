import {
  agentMemory,
  type AgentRow,
  type MessageRecord,
  type StreamEvent,
} from "agentscope-distributed-daemon/protocol";
import { Changes } from "../daemon/changes.js";
import type { Daemon, LinkState } from "../daemon/daemon.js";

/** The agent that a view is about. `name` is for the person. */
export interface AgentSubject {
  serverId: string;
  agentId: string;
  name: string;
}

const pageSize = 200;
const firstRetryMs = 1_000;
const longestRetryMs = 15_000;

/**
 * What is known of an agent's memory: the newest messages as they come, the others where somebody looks.
 *
 * 1. A message is fresh when it was told since the last snapshot. Others may have changed: they are shown until they are asked
 *    for again.
 * 2. An answer that was asked for before the last snapshot is thrown away.
 */
export class MemoryModel {
  readonly changes = new Changes();
  /** Another number after each change. */
  version = 0;
  /** How many messages there are; undefined: not told yet. */
  total: number | undefined;
  link: LinkState = { kind: "connecting" };
  /** Why nothing more comes, in a sentence: the agent or its server is gone. It is looked for again. */
  ended: string | undefined;
  /** What the agent does, and whether it is lost with its server; undefined: not told, or gone. */
  row: AgentRow | undefined;

  private readonly messages: (MessageRecord | undefined)[] = [];
  private readonly freshSince: number[] = [];
  private snapshots = 0;
  private readonly asked = new Map<number, Promise<void>>();
  private stopFollowing = () => {};
  private readonly stops: (() => void)[];
  private retry: ReturnType<typeof setTimeout> | undefined;
  private retryMs = firstRetryMs;

  constructor(
    private readonly daemon: Daemon,
    private readonly agent: AgentSubject,
  ) {
    const { serverId, agentId } = agent;
    const one = { topic: "agents", serverId, offset: 0, limit: 1, filter: agentId } as const;
    this.stops = [
      daemon.onLink((link) => {
        this.link = link;
        this.changed();
      }),
      daemon.follow(one, (event) => {
        if (event.kind === "agents") this.row = event.rows.find((row) => row.agentId === agentId);
        this.changed();
      }),
    ];
    this.follow();
  }

  message(index: number): MessageRecord | undefined {
    return this.messages[index];
  }

  /** Whether all messages are known, as they are now. */
  get isWhole(): boolean {
    return this.total !== undefined && this.firstMissing(0, this.total) === undefined;
  }

  /** Asks for those of these messages that are not fresh; `to` is not among them. */
  want(from: number, to: number): void {
    for (let page = Math.floor(from / pageSize); page * pageSize < Math.min(to, this.total ?? 0); page++) {
      void this.page(page).catch(() => {});
    }
  }

  /**
   * Asks for all messages, page by page.
   *
   * @param progress is told how many of them are known.
   * @throws Error when one page can't be had.
   */
  async wantAll({ signal, progress }: { signal: AbortSignal; progress?: (known: number) => void }): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const missing = this.firstMissing(0, this.total ?? 0);
      if (missing === undefined) return;
      progress?.(missing);
      await this.page(Math.floor(missing / pageSize));
    }
  }

  close(): void {
    clearTimeout(this.retry);
    this.stopFollowing();
    for (const stop of this.stops) stop();
  }

  private follow(): void {
    const { serverId, agentId } = this.agent;
    this.stopFollowing = this.daemon.follow({ topic: "memory", serverId, agentId }, (event) => this.take(event));
  }

  private take(event: StreamEvent): void {
    if (event.kind === "ended") {
      this.ended = event.reason;
      this.followLater();
    } else if (event.kind === "memory") {
      this.ended = undefined;
      this.retryMs = firstRetryMs;
      if (event.snapshot) this.snapshots++;
      this.total = event.total;
      this.messages.length = Math.min(this.messages.length, event.total);
      this.keep(event.offset, event.messages);
    }
    this.changed();
  }

  /** A server that was gone comes back with its agents, or a daemon finds its servers after it was asked for them. */
  private followLater(): void {
    this.stopFollowing();
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.follow(), this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, longestRetryMs);
  }

  private changed(): void {
    this.version++;
    this.changes.tell();
  }

  private keep(offset: number, messages: readonly MessageRecord[]): void {
    for (const [index, message] of messages.entries()) {
      this.messages[offset + index] = message;
      this.freshSince[offset + index] = this.snapshots;
    }
  }

  private page(page: number): Promise<void> {
    const running = this.asked.get(page);
    if (running) return running;
    if (this.firstMissing(page * pageSize, (page + 1) * pageSize) === undefined) return Promise.resolve();
    const asked = this.fetch(page).finally(() => this.asked.delete(page));
    this.asked.set(page, asked);
    return asked;
  }

  private async fetch(page: number): Promise<void> {
    const { serverId, agentId } = this.agent;
    const end = Math.min((page + 1) * pageSize, this.total ?? 0);
    const before = this.snapshots;
    const offset = this.firstMissing(page * pageSize, end) ?? end;
    const { rows } = await this.daemon.ask(agentMemory, { serverId, agentId, offset, limit: end - offset });
    // Not told of: who is told asks again.
    if (rows.length === 0) throw new Error("The memory has fewer messages than was told.");
    if (before === this.snapshots) this.keep(offset, rows);
    this.changed();
  }

  /** The first of these that is not fresh; of messages that there are. */
  private firstMissing(from: number, to: number): number | undefined {
    for (let index = from; index < Math.min(to, this.total ?? 0); index++) {
      if (this.freshSince[index] !== this.snapshots) return index;
    }
    return undefined;
  }
}
