import { openPage } from "agentscope-distributed-daemon/protocol";
import { commands, env, Uri } from "vscode";
import { type CommandId, commandId, innerCommandId, viewContainer } from "../contributions.js";
import type { DaemonClient } from "../daemon/daemonClient.js";
import type { DaemonState } from "../daemon/daemonState.js";
import { restartDaemon } from "../daemon/restartDaemon.js";
import type { DaemonLogs } from "../views/daemonLogs.js";
import type { ServerNode } from "../views/serverTree.js";
import { isAlive } from "../views/serverItem.js";
import { count, serverName } from "../views/words.js";
import type { Command } from "./command.js";
import { confirm, pickServer } from "./pick.js";
import { withProgress } from "./progress.js";

export interface DaemonCommandParts {
  client: DaemonClient;
  state: DaemonState;
  logs: DaemonLogs;
}

export function daemonCommands({
  client,
  state,
  logs,
}: DaemonCommandParts): Partial<Record<CommandId | typeof innerCommandId.showServers, Command>> {
  return {
    async [commandId.restartDaemon]() {
      const managed = [...state.servers.values()].filter((row) => row.kind === "managed" && isAlive(row));
      if (managed.length > 0) {
        await confirm("Restart the daemon?", {
          detail: `${count(managed.length, "agent server")} that it started will end.`,
          action: "Restart",
        });
      }
      await withProgress("Restarting the daemon", () => restartDaemon(client));
    },

    [commandId.showDaemonLog]() {
      logs.show("AgentScope Daemon");
    },

    async [commandId.showServerLog](node?: ServerNode) {
      const row = node && state.servers.get(node.serverId);
      const { serverId, ...rest } = row ?? (await pickServer([...state.servers.values()], "Show Log of Agent Server"));
      logs.show(`AgentScope: ${serverName({ serverId, ...rest })}`, serverId);
    },

    async [commandId.openStudio]() {
      const { url } = await client.request(openPage, {});
      await env.openExternal(Uri.parse(url, true));
    },

    async [innerCommandId.showServers]() {
      await commands.executeCommand(`workbench.view.extension.${viewContainer}`);
    },
  };
}
