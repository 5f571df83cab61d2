import { commands, type LogOutputChannel } from "vscode";
import { contextKey } from "../contributions.js";
import type { ClientState, DaemonClient } from "../daemon/daemonClient.js";
import type { DaemonState } from "../daemon/daemonState.js";
import type { StatusBar } from "../statusBar.js";
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
  let wasConnected = false;

  const clientChanged = (now: ClientState) => {
    void setContext(contextKey.daemon, now.kind);
    statusBar.show(now);
    if (now.kind === "connected") {
      log.info(`connected to the daemon, process ${now.connection.discovery.pid}${now.started ? " (started)" : ""}`);
      const again = `The daemon had ended and was started again at ${new Date().toLocaleTimeString()}.`;
      servers.setMessage(now.silent ? "The daemon does not answer." : wasConnected && now.started ? again : "");
      wasConnected = true;
    } else if (now.kind === "connecting" && wasConnected) {
      log.warn("the connection to the daemon was lost");
      servers.setMessage("The daemon has ended; looking for another one…");
    } else if (now.kind === "down") {
      log.error(now.failure.message);
      servers.setMessage("");
      state.forget();
    }
  };

  const stateChanged = () => {
    const rows = [...state.servers.values()];
    void setContext(contextKey.hasServers, rows.length > 0);
    void setContext(
      contextKey.hasDeadServers,
      rows.some((row) => row.state === "crashed" || row.state === "stopped"),
    );
    void setContext(contextKey.hasRuns, state.runs.size > 0);
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
  ];
  clientChanged(client.state);
  stateChanged();
  return () => {
    for (const stop of stops) stop();
  };
}

function setContext(key: string, value: unknown): Thenable<unknown> {
  return commands.executeCommand("setContext", key, value);
}
