import { setAwaitHook, reportUnreadFailures, setUnreadReporter } from "../messages/callResult.js";
import { settings } from "../orchestration/settings.js";
import type { AgentHost } from "./agentHost.js";
import type { Endpoint } from "./endpoint.js";
import { makeMainRuntime } from "./mainRuntime.js";
import type { Connection } from "./connection.js";
import type { DistOptions } from "../agents/distOptions.js";
import type { ServerAccess } from "../link/serverAccess.js";

/** The ways to agent servers that a thread has. */
export interface Servers {
  /** The connection to a server; opened when there is none. */
  connect(access: ServerAccess): Connection;
  /** A connection to a child server for one more agent; the child is started, or shared. */
  childServer(options: DistOptions): Connection;
}

/** What agents and handles of this thread work with. */
export interface Runtime {
  readonly host: AgentHost;
  readonly endpoint: Endpoint;
  readonly servers: Servers;
}

// Of the thread, not of the module: a program can load the SDK from two folders (its own and that of the command it runs by).
const place = Symbol.for("agentscope-distributed/1/runtime");
const threadGlobals = globalThis as { [place]?: Runtime };

/** This thread's runtime; made at the first use, as that of a main process, unless an agent server has set it. */
export function runtime(): Runtime {
  return threadGlobals[place] ?? setRuntime(makeMainRuntime());
}

/** Sets what this thread works with; called once, by an agent server's threads. */
export function setRuntime(made: Runtime): Runtime {
  threadGlobals[place] = made;
  setAwaitHook((result) => made.endpoint.waitGraph.awaited(result));
  setUnreadReporter((error) => settings.logger.warn(`a call failed and nothing awaited its result: ${error.message}`));
  process.once("exit", reportUnreadFailures);
  return made;
}
