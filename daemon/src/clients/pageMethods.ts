import {
  agentMemory,
  daemonStatus,
  deleteAgent,
  deleteAllAgents,
  forgetServer,
  getRun,
  listAgents,
  listRuns,
  listServers,
  resourceHistory,
  runOutput,
  serverInfo,
  stopRun,
  stopServer,
  subscribe,
  unsubscribe,
} from "../protocol/index.js";

/** What a page may ask: to see, to stop and to delete. Nothing by which a program would be started, or the daemon told to connect. */
const forPages: ReadonlySet<string> = new Set(
  [
    ...[daemonStatus, subscribe, unsubscribe],
    ...[listServers, serverInfo, stopServer, forgetServer, resourceHistory],
    ...[listAgents, deleteAgent, deleteAllAgents, agentMemory],
    ...[listRuns, getRun, stopRun, runOutput],
  ].map(({ method }) => method),
);

export function isForPages(method: string): boolean {
  return forPages.has(method);
}
