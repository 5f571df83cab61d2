import type { ResourceSample } from "agentscope-distributed/studio";
import { RequestType } from "vscode-jsonrpc";
import type {
  AgentRow,
  DaemonStatus,
  EditorModelRow,
  LogLine,
  MessageRecord,
  Page,
  PlaceholderRow,
  QuestionEnd,
  QuestionRow,
  RunRow,
  ServerRow,
  WaitStep,
} from "./model.js";

// What editors, terminals and browsers ask of the daemon. `hello` goes first (agentscope-distributed/studio).

type None = Record<string, never>;
/** `limit` is 500 at most. */
export interface PageRequest {
  offset: number;
  limit: number;
}

const request = <Params, Result>(method: string) => new RequestType<Params, Result, void>(method);

export const daemonStatus = request<None, DaemonStatus>("daemon/status");
/**
 * The address of a page for a browser, with a code that lets it in: once, and within two minutes. `page` is the path of the page, such as
 * `resources/SERVER` (each segment as encodeURIComponent gives it); default: the servers.
 */
export const openPage = request<{ page?: string }, { url: string }>("pages/open");
/** Ends the daemon; with `force` also with runs going on. Managed servers end with it. */
export const stopDaemon = request<{ force?: boolean }, None>("daemon/stop");

export const listServers = request<None, ServerRow[]>("servers/list");
export const serverInfo = request<{ serverId: string }, ServerRow>("servers/info");
export const startServer = request<StartServer, ServerRow>("servers/start");
/** Ends the server, its process tree where the daemon started it, and forgets that it should run. */
export const stopServer = request<{ serverId: string }, None>("servers/stop");
/**
 * A server that a person names; it stays in the list until it is forgotten. What it wants to see is kept in memory alone: the next daemon lists
 * the server as unreachable, and is told again.
 */
export const connectServer = request<{ host: string; port: number } & ServerSecrets, ServerRow>("servers/connect");
/** Takes a server that is not there any more, or a remote one, from the list. */
export const forgetServer = request<{ serverId: string }, None>("servers/forget");

/** What an agent server wants to see of who connects to it. */
export interface ServerSecrets {
  token?: string;
  /** For a server with TLS, each as PEM text: who has signed its certificate (default: whom Node trusts), and one's own, where it wants that. */
  tls?: { ca?: string; cert?: string; key?: string };
}

export interface StartServer {
  /** The workspace: its SDK is used, and its classes can be made. */
  cwd: string;
  serverId?: string;
  /** Default: any free port of loopback. */
  host?: string;
  port?: number;
  agentDir?: string;
  modelConfigPath?: string;
  workers?: number;
}

/** `filter` is part of a name, class or id; `states`: with what each agent does. */
export const listAgents = request<
  PageRequest & { serverId?: string; runId?: string; filter?: string; states?: boolean },
  Page<AgentRow>
>("agents/list");
/** How many agents of each class live, on servers and in the processes of scripts. */
export const countAgents = request<{ classNames: string[] }, Record<string, number>>("agents/count");
export const deleteAgent = request<{ serverId: string; agentId: string }, None>("agents/delete");
export const deleteAllAgents = request<{ serverId: string }, None>("agents/deleteAll");
export const cloneAgent = request<{ serverId: string; agentId: string }, AgentRow>("agents/clone");
/** Oldest first. */
export const agentMemory = request<PageRequest & { serverId: string; agentId: string }, Page<MessageRecord>>(
  "agents/memory",
);
export const setModelConfigs = request<{ serverId: string; configs: Record<string, unknown>[] }, None>("models/set");

/**
 * Whether servers would take these configs, by what they have in them alone. Refused with entry and field of what is wrong, and what is
 * allowed there, or of what is a key: keys are not sent.
 *
 * `origin` is what the person calls them, such as the name of their file.
 */
export const checkModelConfigs = request<{ configs: Record<string, unknown>[]; origin: string }, None>("models/check");

/** The language models that an editor lets agents use: all of them, each time. Their calls are `models/call` of agentscope-distributed/studio. */
export const offerEditorModels = request<{ models: EditorModelRow[] }, None>("models/offer");
/** Of all editors that are connected. */
export const listEditorModels = request<None, EditorModelRow[]>("models/list");

/** Samples of the last hour, oldest first, thinned where there are many. */
export const resourceHistory = request<{ serverId: string; sinceMs?: number }, ResourceSample[]>("resources/history");

export const listRuns = request<PageRequest, Page<RunRow>>("runs/list");
export const getRun = request<{ runId: string }, RunRow>("runs/get");
export const startRun = request<StartRun, RunRow>("runs/start");
/** How `startRun` would start the script, for those who start it themselves, such as debuggers. */
export const scriptCommand = request<StartRun, ScriptCommand>("runs/command");
export const stopRun = request<{ runId: string }, None>("runs/stop");
/** What the run wrote, from a byte on; `end` is where the next page begins. */
export const runOutput = request<
  { runId: string; offset: number; limit: number },
  { text: string; end: number; total: number }
>("runs/output");

export interface StartRun {
  script: string;
  args?: string[];
  cwd?: string;
  /** `local`, `child`, `studio`, or `HOST:PORT`; default: as the script says. */
  target?: string;
  env?: Record<string, string>;
  /** Added before the script, such as `--inspect-brk`. */
  nodeArgs?: string[];
}

export interface ScriptCommand {
  /** The whole path of the script. */
  script: string;
  cwd: string;
  /** Node. */
  command: string;
  /** For Node, before the script: the loader of TypeScript. */
  nodeArgs: string[];
  /** For the script. */
  args: string[];
}

/** Of a run, newest first. */
export const listPlaceholders = request<
  PageRequest & { runId: string; agentId?: string; open?: boolean },
  Page<PlaceholderRow>
>("placeholders/list");
export const getPlaceholder = request<{ placeholderId: string }, PlaceholderRow>("placeholders/get");
/** Why a placeholder, or the next call of an agent, is not ready; empty: nothing holds it up. */
export const traceWait = request<{ placeholderId: string } | { agentId: string }, WaitStep[]>("placeholders/trace");

export const listQuestions = request<None, QuestionRow[]>("input/list");
/** The first answer counts; a later one is refused, and told who was first. */
export const answerQuestion = request<{ questionId: string; answer: string }, None>("input/answer");
/** Why a question is not in the list any more. */
export const questionEnd = request<{ questionId: string }, QuestionEnd>("input/end");

/** The last lines, oldest first. */
export const logTail = request<{ source?: string; limit: number }, LogLine[]>("log/tail");
