import { type StreamEvent, subscribe, subscriptionEvent, type Topic } from "agentscope-distributed-daemon/protocol";
import type { MessageConnection } from "vscode-jsonrpc/node";
import type { Daemon } from "./daemon.js";

/** A client of a daemon that watches what an editor shows: the tree, the resources of all servers, and each run that goes on. */
export class StudioWatcher implements AsyncDisposable {
  /** Events that have come, by their kind. */
  readonly seen = new Map<StreamEvent["kind"], number>();
  private readonly runs = new Set<string>();

  private constructor(private readonly rpc: MessageConnection) {
    rpc.onNotification(subscriptionEvent, ({ event }) => this.received(event));
  }

  static async connect(daemon: Daemon): Promise<StudioWatcher> {
    const watcher = new StudioWatcher(await daemon.connect());
    await watcher.watch({ topic: "tree" });
    await watcher.watch({ topic: "resources" });
    return watcher;
  }

  private watch(topic: Topic): Promise<unknown> {
    return this.rpc.sendRequest(subscribe, topic);
  }

  private received(event: StreamEvent): void {
    this.seen.set(event.kind, (this.seen.get(event.kind) ?? 0) + 1);
    if (event.kind !== "tree") return;
    for (const { runId, state } of event.runs) {
      if (state !== "running" || this.runs.has(runId)) continue;
      this.runs.add(runId);
      void this.watch({ topic: "run", runId });
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.rpc.end();
    return Promise.resolve();
  }
}
