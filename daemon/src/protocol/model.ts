import type { AgentState, LogFields, MessageRecord, ResourceSample } from "agentscope-distributed/studio";

// What the daemon shows: the nouns of its protocol. All of it is plain JSON; times are milliseconds since 1970.

export type { AgentState, MessageRecord, ResourceSample };

/**
 * - `child`: started by a script, and ends with it
 * - `managed`: started by the daemon
 * - `independent`: started by somebody else, and registered itself
 * - `remote`: named by a person, by host and port
 */
export type ServerKind = "child" | "managed" | "independent" | "remote";

/** `unreachable`: it was there and does not answer; `crashed`: its process ended without being asked to. */
export type ServerState = "starting" | "ready" | "busy" | "unreachable" | "crashed" | "stopped";

export interface ServerRow {
  serverId: string;
  /** Unique for each start of a server; empty where it does not tell (AgentScope 0.1's). */
  instance: string;
  kind: ServerKind;
  state: ServerState;
  stateSinceMs: number;
  /** What a person is told of the state: why it crashed, its last words, when it is tried again. */
  detail?: string;
  host: string;
  port: number;
  pid?: number;
  /** `agentscope-distributed 0.1.0`, or `AgentScope 0.1` for Python's. */
  software: string;
  /** Names of the classes that agents can be made of here; undefined: not told. */
  classes?: string[];
  agents: number;
  resources?: ResourceSample;
  /** The run that a child belongs to. */
  runId?: string;
  /** The folder that a managed server was started for. */
  cwd?: string;
  /** How often it was started again after a crash. */
  restarts: number;
  /** Whether it is reached through the daemon only. */
  viaStudio: boolean;
  /** Whether callers must show a token or a certificate. */
  access: "open" | "token" | "tls";
}

export interface AgentRow {
  agentId: string;
  serverId: string;
  name: string;
  className: string;
  /** The run whose script made it, where that is known. */
  runId?: string;
  /** Gone with its server. */
  lost: boolean;
  /** What it does; only in pages that were asked for with `states`. */
  state?: AgentState;
}

/** `lost`: its process is gone, and how it ended is not known. */
export type RunState = "running" | "succeeded" | "failed" | "stopped" | "lost";

export interface RunRow {
  runId: string;
  project: string;
  name: string;
  script: string;
  args: string[];
  cwd: string;
  pid?: number;
  state: RunState;
  startedAtMs: number;
  endedAtMs?: number;
  exitCode?: number;
  /** Why it failed, in a sentence. */
  error?: string;
  target: string;
  /** Whether the daemon started it, and has its output. */
  hasOutput: boolean;
  /** Those that live; of a run that has ended, the most that lived at a time. */
  agents: number;
  calls: number;
  failedCalls: number;
  /** Calls that were made and have not ended. */
  openCalls: number;
  /** Calls of which nothing is known but their number. */
  untoldCalls: number;
}

/** `expired`: its value was dropped before anybody read it; `lost`: its server or run is gone. */
export type PlaceholderState = "waiting" | "queued" | "running" | "ready" | "failed" | "expired" | "lost";

/** The life of a placeholder: a call of an agent. */
export interface PlaceholderRow {
  placeholderId: string;
  runId: string;
  agentId: string;
  agent: string;
  /** Where the agent lives: `host:port`, or `main process`. */
  server: string;
  method: string;
  state: PlaceholderState;
  /** Placeholders whose values it was given. */
  inputs: string[];
  /** The placeholder in whose turn it was made; undefined: by the script itself. */
  madeIn?: string;
  /** `file:line:column` of the call, where it is known. */
  at?: string;
  madeAtMs?: number;
  arrivedAtMs?: number;
  begunAtMs?: number;
  endedAtMs?: number;
  sizeBytes?: number;
  error?: string;
  /** `file:line:column` of the agent's own code that threw, where it is known. */
  thrownAt?: string;
}

/** One link of the chain that holds something up, the nearest first. */
export interface WaitStep {
  placeholderId: string;
  agent: string;
  server: string;
  state: PlaceholderState;
  /** In words: `B: its turn has run for 12 s`, `C waits for the result of B`, `D is queued behind 3 calls of D`. */
  because: string;
}

/** A question of an agent that waits for a person. */
export interface QuestionRow {
  questionId: string;
  runId: string;
  agent: string;
  server: string;
  prompt: string;
  multiline: boolean;
  askedAtMs: number;
}

/**
 * - `answered`: by a client of the daemon, which is named
 * - `withdrawn`: by its script: it was answered there, or its agent is gone
 */
export type QuestionEnd =
  | { kind: "open" }
  | { kind: "answered"; by: string }
  | { kind: "withdrawn" }
  | { kind: "runEnded" };

/** A language model that an editor has. */
export interface EditorModelRow {
  id: string;
  vendor: string;
  family: string;
  name: string;
  maxInputTokens: number;
}

export type LogLevel = "info" | "warning" | "error";

export interface LogLine {
  atMs: number;
  level: LogLevel;
  /** `daemon`, or the id of a server or run. */
  source: string;
  text: string;
  /** More of what it is about, such as the agent that has printed it; where that is known. */
  about?: LogFields;
}

export interface DaemonStatus {
  pid: number;
  version: string;
  protocolVersion: number;
  startedAtMs: number;
  url: string;
  pipe: string;
  stateFolder: string;
  clients: number;
  /** What all clients watch. */
  subscriptions: number;
  servers: number;
  agents: number;
  runs: number;
  memoryBytes: number;
}

export interface Page<Row> {
  total: number;
  offset: number;
  rows: Row[];
}
