import { NotificationType, RequestType } from "vscode-jsonrpc";
import type {
  AgentRow,
  LogLine,
  MessageRecord,
  PlaceholderRow,
  QuestionRow,
  ResourceSample,
  RunRow,
  ServerRow,
} from "./model.js";

// Streams: a whole snapshot first, then changes, ten times a second at most for each. A client that does not read gets the latest when
// it reads again, never all that it has missed.

/** What can be watched. */
export type Topic =
  /** Servers, runs and questions: what trees and badges show. */
  | { topic: "tree" }
  /** A window of the agents of a server, with what each does. */
  | { topic: "agents"; serverId: string; offset: number; limit: number; filter?: string }
  /** Samples of these servers, or of all; those since a moment first (milliseconds since 1970), or those of the last hour. */
  | { topic: "resources"; serverIds?: string[]; sinceMs?: number }
  | { topic: "memory"; serverId: string; agentId: string }
  | { topic: "run"; runId: string }
  | { topic: "log"; source?: string };

export const subscribe = new RequestType<Topic, { subscriptionId: string }, void>("subscribe");
export const unsubscribe = new RequestType<{ subscriptionId: string }, Record<string, never>, void>("unsubscribe");
export const subscriptionEvent = new NotificationType<{ subscriptionId: string; event: StreamEvent }>(
  "subscription/event",
);

export type StreamEvent =
  | {
      kind: "tree";
      snapshot: boolean;
      servers: ServerRow[];
      goneServers: string[];
      runs: RunRow[];
      goneRuns: string[];
      questions: QuestionRow[];
    }
  | { kind: "agents"; total: number; offset: number; rows: AgentRow[] }
  | { kind: "resources"; snapshot: boolean; series: Record<string, ResourceSample[]> }
  /** `snapshot`: what was shown before is no longer true; the newest 200 messages, of `total`. */
  | { kind: "memory"; snapshot: boolean; total: number; offset: number; messages: MessageRecord[] }
  | { kind: "run"; snapshot: boolean; run: RunRow; placeholders: PlaceholderRow[]; agents: AgentRow[]; output: string }
  /** `skipped`: lines that came faster than they were read. */
  | { kind: "log"; lines: LogLine[]; skipped: number }
  /** What is watched is gone; nothing follows. */
  | { kind: "ended"; reason: string };
