import { commands, type LogOutputChannel, type Memento } from "vscode";
import { contextKey } from "../contributions.js";
import type { ClientState, DaemonClient } from "../daemon/daemonClient.js";
import type { DaemonState } from "../daemon/daemonState.js";
import type { StatusBar } from "../statusBar.js";
import { runBadge, serverBadge } from "./attention.js";
import { DaemonNews } from "./daemonNews.js";
import type { RunTree } from "./runTree.js";
import type { ServerTree } from "./serverTree.js";

export interface Followers {
  client: DaemonClient;
  state: DaemonState;
  servers: ServerTree;
  runs: RunTree;
  statusBar: StatusBar;
  log: LogOutputChannel;
  memory: Memento;
}

/** Since when failed runs are news, in milliseconds since 1970. */
const seenKey = "agentscope.runsSeenMs";

/** Keeps status bar, badges, messages and when-clauses true to what the daemon says; gives what ends that. */
export function followState(followers: Followers): () => void {
  const { client, state, servers, runs, statusBar, log, memory } = followers;
  const news = new DaemonNews((message) => servers.setMessage(message));
  const contexts = new Map<string, unknown>();
  const setContext = (key: string, value: unknown) => {
    if (contexts.get(key) === value) return;
    contexts.set(key, value);
    void commands.executeCommand("setContext", key, value);
  };

  // Those of before are told by the tree.
  const openedAtMs = Date.now();

  const clientChanged = (now: ClientState) => {
    setContext(contextKey.daemon, now.kind);
    statusBar.show(now);
    const isOther = news.take(now);
    if (now.kind === "connected" && isOther) {
      log.info(`connected to the daemon, process ${now.connection.discovery.pid}${now.started ? " (started)" : ""}`);
    } else if (now.kind === "down") {
      log.error(now.failure.message);
      state.forget();
    }
  };

  const stateChanged = () => {
    const rows = [...state.servers.values()];
    setContext(contextKey.hasServers, rows.length > 0);
    setContext(
      contextKey.hasDeadServers,
      rows.some((row) => row.state === "crashed" || row.state === "stopped"),
    );
    setContext(contextKey.hasRuns, state.runs.size > 0);
    setContext(contextKey.hasQuestions, state.questions.length > 0);
    servers.setBadge(serverBadge(rows));
    const failedRuns = runBadge(state.runs.values(), { questions: [], seenMs: memory.get(seenKey, openedAtMs) });
    // What is looked at is no news any more.
    if (failedRuns.value > 0 && runs.isSeen) void memory.update(seenKey, Date.now());
    const seenMs = memory.get(seenKey, openedAtMs);
    runs.setBadge(runBadge(state.runs.values(), { questions: state.questions, seenMs }));
    statusBar.show(client.state);
  };

  const stops = [
    client.stateChanged.on(clientChanged),
    state.changed.on(stateChanged),
    // Shown by somebody, whatever the window has said of its focus.
    runs.seen.on(() => void Promise.resolve(memory.update(seenKey, Date.now())).then(stateChanged)),
    client.watch({ topic: "tree" }, (event) => state.take(event)),
    () => news.dispose(),
  ];
  clientChanged(client.state);
  stateChanged();
  return () => {
    for (const stop of stops) stop();
  };
}
