import { commands, type LogOutputChannel } from "vscode";
import { contextKey } from "../contributions.js";
import type { ClientState, DaemonClient } from "../daemon/daemonClient.js";
import type { DaemonState } from "../daemon/daemonState.js";
import type { StatusBar } from "../statusBar.js";
import { DaemonNews } from "./daemonNews.js";
import type { ServerTree } from "./serverTree.js";
import { count } from "./words.js";

export interface Followers {
  client: DaemonClient;
  state: DaemonState;
  servers: ServerTree;
  statusBar: StatusBar;
  log: LogOutputChannel;
}

/** Keeps status bar, badges, messages and when-clauses true to what the daemon says; gives what ends that. */
export function followState({ client, state, servers, statusBar, log }: Followers): () => void {
  const news = new DaemonNews((message) => servers.setMessage(message));
  const contexts = new Map<string, unknown>();
  const setContext = (key: string, value: unknown) => {
    if (contexts.get(key) === value) return;
    contexts.set(key, value);
    void commands.executeCommand("setContext", key, value);
  };

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
    // Children end with their script, one after the other: that is no failure of theirs.
    const failed = rows.filter(
      ({ state: now, kind }) => now === "crashed" || (now === "unreachable" && kind !== "child"),
    ).length;
    const questions = state.questions.length;
    const words = [
      ...(questions > 0 ? [`${count(questions, "question")} for you`] : []),
      ...(failed > 0 ? [`${count(failed, "agent server")} failed`] : []),
    ];
    servers.setBadge(failed + questions, words.join(", "));
    statusBar.show(client.state);
  };

  const stops = [
    client.stateChanged.on(clientChanged),
    state.changed.on(stateChanged),
    client.watch({ topic: "tree" }, (event) => state.take(event)),
    () => news.dispose(),
  ];
  clientChanged(client.state);
  stateChanged();
  return () => {
    for (const stop of stops) stop();
  };
}
