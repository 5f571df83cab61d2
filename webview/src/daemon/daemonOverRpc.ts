import {
  type StreamEvent,
  subscribe,
  subscriptionEvent,
  type Topic,
  unsubscribe,
} from "agentscope-distributed-daemon/protocol";
import type { MessageConnection, RequestType } from "vscode-jsonrpc";
import type { Daemon, LinkState } from "./daemon.js";

interface Followed {
  topic: Topic;
  listener: (event: StreamEvent) => void;
  subscriptionId?: string;
}

/**
 * The daemon behind a connection that lasts as long as the page: the other end renews its own connection to the daemon, and
 * the streams on it.
 */
export class DaemonOverRpc implements Daemon {
  private readonly followed = new Set<Followed>();
  private readonly linkListeners = new Set<(state: LinkState) => void>();
  private link: LinkState = { kind: "connecting" };

  constructor(private readonly rpc: MessageConnection) {
    rpc.onNotification(subscriptionEvent, ({ subscriptionId, event }) => {
      for (const one of this.followed) if (one.subscriptionId === subscriptionId) one.listener(event);
    });
  }

  setLink(state: LinkState): void {
    this.link = state;
    for (const listener of this.linkListeners) listener(state);
  }

  ask<Params, Result>(type: RequestType<Params, Result, void>, params: Params): Promise<Result> {
    return this.rpc.sendRequest<Params, Result, void>(type, params as never);
  }

  follow(topic: Topic, listener: (event: StreamEvent) => void): () => void {
    const one: Followed = { topic, listener };
    this.followed.add(one);
    void this.begin(one);
    return () => {
      if (this.followed.delete(one)) void this.end(one);
    };
  }

  onLink(listener: (state: LinkState) => void): () => void {
    // A function of its own for each: the same one may listen twice.
    const own = (state: LinkState) => listener(state);
    this.linkListeners.add(own);
    own(this.link);
    return () => void this.linkListeners.delete(own);
  }

  private async begin(one: Followed): Promise<void> {
    try {
      one.subscriptionId = (await this.ask(subscribe, one.topic)).subscriptionId;
      if (!this.followed.has(one)) await this.end(one);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (this.followed.has(one)) one.listener({ kind: "ended", reason });
    }
  }

  private async end({ subscriptionId }: Followed): Promise<void> {
    // Not begun yet: `begin` sees that nobody wants it.
    if (subscriptionId === undefined) return;
    await this.ask(unsubscribe, { subscriptionId }).catch(() => {});
  }
}
