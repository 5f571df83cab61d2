import type { Page, MessageRecord, StreamEvent, Topic } from "agentscope-distributed-daemon/protocol";
import type { RequestType } from "vscode-jsonrpc";
import type { Daemon, LinkState } from "../../src/daemon/daemon.js";

/** A daemon as far as a view sees one: what it tells is what a test says. */
export class ToldDaemon implements Daemon {
  readonly asked: { offset: number; limit: number }[] = [];
  memory: MessageRecord[] = [];
  /** What requests wait for. */
  gate: Promise<unknown> = Promise.resolve();
  private readonly followed = new Map<(event: StreamEvent) => void, Topic>();
  private readonly linked = new Set<(state: LinkState) => void>();

  async ask<Params, Result>(_type: RequestType<Params, Result, void>, params: Params): Promise<Result> {
    const page = params as { offset: number; limit: number };
    this.asked.push({ offset: page.offset, limit: page.limit });
    const rows = this.memory.slice(page.offset, page.offset + page.limit);
    const answer: Page<MessageRecord> = { total: this.memory.length, offset: page.offset, rows };
    await this.gate;
    return answer as Result;
  }

  follow(topic: Topic, listener: (event: StreamEvent) => void): () => void {
    this.followed.set(listener, topic);
    return () => void this.followed.delete(listener);
  }

  onLink(listener: (state: LinkState) => void): () => void {
    this.linked.add(listener);
    listener({ kind: "connected" });
    return () => void this.linked.delete(listener);
  }

  get topics(): string[] {
    return [...this.followed.values()].map(({ topic }) => topic).sort();
  }

  get listeners(): number {
    return this.followed.size + this.linked.size;
  }

  tells(topic: Topic["topic"], event: StreamEvent): void {
    for (const [listener, one] of [...this.followed]) if (one.topic === topic) listener(event);
  }

  /** Tells of the newest messages, as the first that is told or after others were deleted. */
  snapshot(count = 200): void {
    const total = this.memory.length;
    const offset = Math.max(0, total - count);
    this.tells("memory", { kind: "memory", snapshot: true, total, offset, messages: this.memory.slice(offset) });
  }

  /** Tells of messages that have come. */
  grows(...messages: MessageRecord[]): void {
    const offset = this.memory.length;
    this.memory.push(...messages);
    this.tells("memory", { kind: "memory", snapshot: false, total: this.memory.length, offset, messages });
  }
}

export const record = (content: unknown, more: Partial<MessageRecord> = {}): MessageRecord => ({
  ...{ id: String(content), name: "Anna", role: "user", content, timestamp: "2026-01-02 03:04:05" },
  ...more,
});
