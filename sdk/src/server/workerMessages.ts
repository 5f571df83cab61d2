import type { McpServers } from "../agents/tools/mcpServer.js";
import type { LogSettings } from "../log/logSettings.js";
import type { FailureFields } from "../link/failure.js";
import type { ClientTls } from "../link/grpcClient.js";
import type { LaneLoad, PeerInfo } from "../link/peer.js";
import type { ServerAccess } from "../link/serverAccess.js";
import type { ModelConfig } from "../models/modelConfigSchema.js";
import type { CallBatch } from "../studio/callBatch.js";
import type { EditorAnswerPart, EditorModelEnd, EditorModelRequest } from "../studio/editorModels.js";
import type { MemoryRequest } from "../studio/protocol.js";
import type { StudioOptions } from "./serverOptions.js";
import type { AgentDirReport } from "./agentDir.js";
import type { ServerLimits } from "./serverLimits.js";

/** What a worker thread is started with. */
export interface WorkerStart {
  lane: number;
  options: WorkerOptions;
  /** One bit for each agent of the worker, by its number: whether a call's turn is on. Read by the I/O thread. */
  busy: SharedArrayBuffer;
  /** How many calls it has (runtime/callCounters.ts). Read by the I/O thread. */
  counters: SharedArrayBuffer;
}

export interface WorkerOptions {
  serverId: string;
  log: LogSettings | undefined;
  maxPoolSize: number;
  maxTimeoutSeconds: number;
  callTimeoutSeconds: number;
  /** Classes to register, by the modules that define them. */
  classes: { url: string; className: string }[];
  agentDir: string | undefined;
  /** Files of it that blocked a worker for good while it loaded them. */
  blockingFiles: readonly string[];
  modelConfigs: ModelConfig[];
  mcpServers: McpServers;
  saveDir: string | undefined;
  stateFolder: string | undefined;
  /** `maxAgents`: of this worker. */
  limits: ServerLimits;
  /** Whether its caller may name the module of a class, and programs that are MCP servers: true for a child, which only its parent can call. */
  classesByModule: boolean;
  /** Whether files that messages name are served to others. */
  servesFiles: boolean;
  /** The daemon that its children tell of themselves. */
  studio: StudioOptions | undefined;
  /** What callers of this server show, and what it shows to other servers. */
  token: string | undefined;
  tls: ClientTls | undefined;
}

/** From the I/O thread to a worker. A link is named by the id of its connection; `self` are the workers of this server. */
export type ToWorker =
  | ["self", PeerInfo]
  | ["opened", link: string, PeerInfo]
  | ["frame", link: string, Uint8Array]
  | ["lanes", link: string, LaneLoad[]]
  | ["laneLost", link: string, lane: number, FailureFields]
  | ["down", link: string]
  | ["up", link: string]
  | ["lost", link: string, FailureFields]
  | ["served", path: string]
  | ["claimed", id: number, isFree: boolean]
  | ["located", id: number, lane: number | undefined, FailureFields | undefined]
  /** Tell of calls; without the server's instance: no longer. */
  | ["watchCalls", instance: string | undefined]
  | ["editorParts", id: number, EditorAnswerPart[]]
  | ["editorEnd", id: number, EditorModelEnd | undefined, FailureFields | undefined]
  | ["request", id: number, WorkerRequest];

/** What the I/O thread asks a worker; each is answered at once, whatever its agents wait for. */
export type WorkerRequest =
  /** `debugged`: whether the process is, which a worker can't see. */
  | { kind: "ping"; debugged?: boolean }
  | { kind: "delete"; agentId: string }
  | { kind: "deleteAll" }
  | { kind: "clone"; agentId: string; newId: string }
  | { kind: "thumbnails" }
  | { kind: "memory"; agentId: string }
  | { kind: "modelConfigs"; configs: ModelConfig[] }
  | { kind: "states"; agentIds: string[] }
  | { kind: "memoryPage"; page: MemoryRequest }
  | { kind: "watchMemory"; agentId: string; on: boolean }
  | { kind: "addClasses"; classes: { url: string; className: string }[] }
  /** `keepState`: the server may be started again, and its agents made again. */
  | { kind: "stop"; keepState: boolean };

/** From a worker to the I/O thread. */
export type FromWorker =
  | ["loading", file: string]
  | ["loaded", AgentDirReport | undefined, failure: FailureFields | undefined]
  | ["connect", link: string, ServerAccess]
  | ["frame", link: string, Uint8Array]
  | ["abort", link: string, FailureFields]
  | ["claim", id: number, agentId: string]
  | ["locate", id: number, link: string, agentId: string]
  | ["answer", id: number, value: unknown, failure: FailureFields | undefined]
  | ["agents", AgentReport]
  | ["memory", agentId: string, total: number, generation: number]
  | ["calls", CallBatch]
  | ["editorCall", id: number, EditorModelRequest]
  | ["editorGivenUp", id: number]
  | ["serve", path: string];

/** Which agents have come and gone. Those that have come stand in columns: there can be a million, and thousands in one report. */
export interface AgentReport {
  made: string[];
  names: string[];
  /** Within their worker. */
  numbers: number[];
  /** Places among the kinds. */
  kinds: number[];
  kindsOfMade: AgentKind[];
  deleted: string[];
}

/** What agents have in common that were made of one class for one process. */
export interface AgentKind {
  className: string;
  /** Instance of the process that made them; empty: this server's. */
  maker: string;
  /** Instance of the process that they are removed without; empty: they are kept. */
  holder: string;
}
