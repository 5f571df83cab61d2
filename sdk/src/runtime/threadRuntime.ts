import type { DistOptions } from "../agents/distOptions.js";
import type { ServerAccess } from "../link/serverAccess.js";
import type { ScriptRun } from "../studio/scriptRun.js";
import type { EditorWay } from "../studio/editorModelCalls.js";
import type { AgentHost } from "./agentHost.js";
import type { Connection } from "./connection.js";
import type { Endpoint } from "./endpoint.js";

/** The ways to agent servers that a thread has. */
export interface Servers {
  /** The connection to a server; opened when there is none. */
  connect(access: ServerAccess): Connection;
  /**
   * A connection to a child server for one more agent; the child is started, or shared.
   *
   * @param former of an agent that was lost with its worker or server: that server, or the one that was started in its place.
   */
  childServer(options: DistOptions, former?: Connection): Connection;
  /** Starts or ends child servers that no agent needs yet, as the settings want them. */
  keepWarm(): void;
  /** How a server that this thread has to do with is got into. */
  accessTo(address: string, realm: string): ServerAccess;
}

/** What agents and handles of this thread work with. */
export interface Runtime {
  readonly host: AgentHost;
  readonly endpoint: Endpoint;
  readonly servers: Servers;
  /** The run that a script is; undefined in the threads of agent servers. */
  readonly run?: ScriptRun;
  /** The way to language models of editors; undefined where there is none. */
  readonly editors?: EditorWay;
}
