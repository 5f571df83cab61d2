import { NotificationType, RequestType } from "vscode-jsonrpc";
import type { CallBatch } from "./callBatch.js";
import type { ResourceSample } from "./resourceSample.js";

// What scripts and agent servers say to a daemon, and it to them: JSON-RPC 2.0 with the framing of the language server protocol, over a
// connection that they open (dialStudio.ts). The daemon imports these from `agentscope-distributed/studio`.

export * from "./editorModels.js";

/** Both ends must have the same; raised when an older end would misread a newer one. */
export const studioProtocolVersion = 1;

/** First on every connection to a daemon. */
export const hello = new RequestType<Hello, Welcome, void>("hello");

export interface Hello {
  protocolVersion: number;
  /** The daemon's token; not needed on the standard input of a daemon that the client started. */
  token?: string;
  client: ClientInfo;
}

/** Who connects: a person's tool, a script, or an agent server. */
export interface ClientInfo {
  kind: "editor" | "terminal" | "browser" | "script" | "server";
  /** For logs and lists, such as `VS Code`. */
  name: string;
  version: string;
  pid: number;
}

export interface Welcome {
  protocolVersion: number;
  /** Of the daemon's package. */
  version: string;
  /** Unique for each start of a daemon. */
  instance: string;
  pid: number;
}

/** Asked on a connection on which nothing has come for a while, by either end; any answer is a sign of life. */
export const alive = new RequestType<Record<string, never>, Record<string, never>, void>("alive");

/** What a connection is refused with, and what a request fails with. */
export const studioErrorCode = {
  protocolVersion: -32_000,
  unauthenticated: -32_001,
  /** No server, agent, run, placeholder or question with this id. */
  notFound: -32_002,
  /** The state of the thing does not allow it; the message says what would. */
  refused: -32_003,
  /** A server that the daemon had to ask does not answer. */
  unreachable: -32_004,
  /** A limit; the message names it, its value and its option. */
  limit: -32_005,
  /** A server that was named lets in only who shows its token; the one that was given, if any, is not it. */
  wantsToken: -32_006,
  /** It has TLS: it is not trusted by what was given, or wants a certificate. */
  wantsCertificate: -32_007,
} as const;

// ── Agent servers: a server opens the connection, tells of itself, and is then asked.

/** Next to `hello` on the connection of an agent server, and again on each new connection. */
export const attachServer = new RequestType<ServerAnnouncement, ServerAttached, void>("server/attach");

export interface ServerAnnouncement {
  serverId: string;
  /** Unique for each start of a server. */
  instance: string;
  /** Where it listens, as others on its machine reach it. */
  host: string;
  port: number;
  pid: number;
  /** The same for processes that can reach each other over loopback (link/peer.ts). */
  machine: string;
  /** `child`: of a running script; `managed`: started by a daemon; `independent`: any other. */
  kind: "child" | "managed" | "independent";
  /** Of the process that a child was started by. */
  parentInstance?: string;
  /** Names of the classes that agents can be made of here, without the built-in ones; children make any class of their parent. */
  classes: string[];
  /** Whether callers must show a token or a certificate; the daemon gives scripts only what it was told itself. */
  access: "open" | "token" | "tls";
  /** Given by servers on the daemon's own machine to be allocated to scripts of the same user; never shown in lists. */
  token?: string;
  workers: number;
  /** Of the SDK. */
  version: string;
  startedAtMs: number;
  /** Reached by others through the daemon only (`--via-studio`). */
  viaStudio?: boolean;
  /** Where it was reached through the daemon before: callers look for it there, so a daemon that was started again listens there again. */
  relay?: { host: string; port: number };
}

export interface ServerAttached {
  /** Where a server with `viaStudio` is reached by everybody: its address from now on. */
  relay?: { host: string; port: number };
}

/** Agents have come and gone; a whole list first on each connection (`all`). In batches. */
export const agentsChanged = new NotificationType<AgentChanges>("server/agents");

export interface AgentChanges {
  /** Whether `made` are all agents of the server. */
  all?: boolean;
  made: AgentBrief[];
  /** Ids. */
  deleted: string[];
}

/** An agent in lists: `[id, name, class, instance of the process that made it]`. */
export type AgentBrief = [agentId: string, name: string, className: string, maker: string];

/** Once a second. */
export const resourcesSampled = new NotificationType<ResourceSample>("server/resources");

/** Classes were loaded after the announcement, or could not be: what `--agent-dir` gave. */
export const classesChanged = new NotificationType<{ classes: string[]; problems: string[] }>("server/classes");

/** The server ends in good order: its end is no crash. */
export const serverEnding = new NotificationType<Record<string, never>>("server/ending");

/** Lifes of calls (callBatch.ts), from scripts and servers. */
export const callsHappened = new NotificationType<CallBatch>("calls");

/** Stops the server as its management service does; answered before it ends. */
export const stopServer = new RequestType<Record<string, never>, void, void>("server/stop");
/** Registers classes, by the modules that define them; on managed servers only. */
export const addClasses = new RequestType<{ classes: { url: string; className: string }[] }, void, void>("classes/add");
export const deleteAgent = new RequestType<{ agentId: string }, boolean, void>("agent/delete");
export const deleteAllAgents = new RequestType<Record<string, never>, void, void>("agents/deleteAll");
/** Gives the new agent's id. */
export const cloneAgent = new RequestType<{ agentId: string }, string, void>("agent/clone");
export const setModelConfigs = new RequestType<{ configs: Record<string, unknown>[] }, void, void>("models/set");

/** What agents do at the moment; unknown ids are left out. */
export const agentStates = new RequestType<{ agentIds: string[] }, AgentState[], void>("agents/states");

export interface AgentState {
  agentId: string;
  state: "creating" | "idle" | "running" | "waiting" | "failed" | "unknown";
  /** Calls in its mailbox, without the one that runs. */
  queueLength: number;
  /** Since when the call that runs is running, in milliseconds since 1970. */
  runningSinceMs?: number;
  /** Names of the agents whose results it waits for: its turn awaits them, or its next call needs them. */
  waitingFor?: string[];
  /** Why it could not be made. */
  error?: string;
  /** The url of the module that defines its class, where it is known. */
  module?: string;
  /** What `toString` of the agent gives. */
  thumbnail?: string;
}

/** Messages that an agent remembers, from `offset` on, oldest first. */
export const agentMemory = new RequestType<MemoryRequest, MemoryPage, void>("agent/memory");

export interface MemoryRequest {
  agentId: string;
  offset: number;
  limit: number;
}

export interface MemoryPage {
  /** How many there are. */
  total: number;
  /** Raised when messages were deleted or replaced: what was read before is no longer true. */
  generation: number;
  messages: MessageRecord[];
}

/** A message as it is shown: its content and metadata are JSON. */
export interface MessageRecord {
  id: string;
  name: string;
  role: string;
  content: unknown;
  url?: unknown;
  metadata?: unknown;
  timestamp: string;
}

/** From now on the daemon is told when the agent's memory has changed, until `on: false`. */
export const watchMemory = new RequestType<{ agentId: string; on: boolean }, void, void>("agent/watchMemory");
/** At most ten times a second for each agent. */
export const memoryChanged = new NotificationType<{ agentId: string; total: number; generation: number }>(
  "agent/memoryChanged",
);

/** Somebody wants to speak to a server with `viaStudio`: it opens a tunnel to the daemon (`tunnelPath`) with this id. */
export const openTunnel = new NotificationType<TunnelOrder>("tunnel/open");

export interface TunnelOrder {
  tunnelId: string;
  /** The port of the one who wants to speak, as the daemon sees it: the server takes it for its caller's. */
  callerPort?: number;
}

// ── Scripts: runs.

/** Next to `hello` on the connection of a script, and again on each new connection. */
export const attachRun = new RequestType<RunAnnouncement, { runId: string }, void>("run/attach");

export interface RunAnnouncement {
  /** Given by the daemon that started the script (`AGENTSCOPE_RUN_ID`), or made by the script. */
  runId: string;
  /** Of the script's process: what agents and calls name as their maker. */
  instance: string;
  project?: string;
  name?: string;
  /** The path of the script. */
  script: string;
  args: string[];
  cwd: string;
  pid: number;
  /** The same for processes that can reach each other over loopback: a forwarded port looks as if it were (link/peer.ts). */
  machine?: string;
  startedAtMs: number;
  /** Where `toDist` puts agents without an address. */
  target: string;
  version: string;
}

/** Agents of the script's own process; the form is that of servers. */
export const runAgentsChanged = new NotificationType<AgentChanges>("run/agents");

/** The script ends in good order; the exit code is not known yet. What the connection's end alone tells is `lost`. */
export const runEnding = new RequestType<{ failed: boolean; error?: string }, void, void>("run/ending");

/** Servers for agents, one for each item, in its order. */
export const allocate = new RequestType<{ items: AllocationItem[] }, Allocation[], void>("allocate");

export interface AllocationItem {
  className: string;
  /** Whether every server knows the class. */
  builtIn: boolean;
  /** The url of the module that defines the class, so that the daemon may start a server for it. */
  module?: string;
  /** `HOST:PORT` of the server that it shall be, which the daemon knows how to enter; default: the daemon chooses. */
  server?: string;
}

export type Allocation =
  | { kind: "server"; serverId: string; host: string; port: number; token?: string }
  /** No server is there and none can be started: `reason` says why, and the script uses child processes. */
  | { kind: "child"; reason: string };

/** A question of an agent to the person; settles with the answer. Cancelled by the script when it was answered elsewhere. */
export const askPerson = new RequestType<PersonQuestion, { answer: string }, void>("input/ask");

export interface PersonQuestion {
  /** Made by the script; the same when the question is asked again on a new connection. */
  questionId: string;
  agent: string;
  server: string;
  prompt: string;
  /** Whether the answer may have several lines. */
  multiline?: boolean;
}
