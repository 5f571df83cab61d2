import type { StreamEvent, Topic } from "agentscope-distributed-daemon/protocol";
import type { RequestType } from "vscode-jsonrpc";

/** `lost`: there is no daemon to speak with; `reason` is a sentence. It is tried again by itself. */
export type LinkState = { kind: "connecting" } | { kind: "connected" } | { kind: "lost"; reason: string };

/** The daemon, as a view sees it: the same in an editor and in a browser, and over all connections there will be. */
export interface Daemon {
  /** @throws Error whose message is a sentence for the person, within a time limit. */
  ask<Params, Result>(type: RequestType<Params, Result, void>, params: Params): Promise<Result>;
  /** Streams a topic to the listener, from a whole snapshot on after each new connection; gives what ends it. */
  follow(topic: Topic, listener: (event: StreamEvent) => void): () => void;
  /** Tells of the connection: how it is now, and each change; gives what ends it. */
  onLink(listener: (state: LinkState) => void): () => void;
}
