import { setAwaitHook } from "../messages/callResult.js";
import { reportUnreadFailures, setUnreadReporter } from "../messages/unreadFailures.js";
import { fetchRemoteFile } from "../client/fetchRemoteFile.js";
import { setFileFetcher } from "../messages/remoteFile.js";
import { settings } from "../orchestration/settings.js";
import { currentTask } from "./task.js";
import type { Runtime } from "./threadRuntime.js";
import { makeMainRuntime } from "./mainRuntime.js";

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
  setAwaitHook({
    inTurn: () => currentTask() !== undefined,
    awaited: (result) => made.endpoint.waitGraph.awaited(result),
  });
  setUnreadReporter({
    failed: ({ message }) => settings.logger.warn(`a call failed and nothing awaited its result: ${message}`),
    more: (count) => settings.logger.warn(`${count} more calls failed and nothing awaited their results`),
  });
  setFileFetcher((file) => fetchRemoteFile(file, made.servers.accessTo(file.address, file.realm)));
  process.once("exit", reportUnreadFailures);
  return made;
}
