import {
  daemonStatus,
  deleteAllAgents,
  forgetServer,
  type ServerRow,
  startServer,
  stopServer,
} from "agentscope-distributed-daemon/protocol";
import { studioEnvironment } from "agentscope-distributed/studio";
import { commands, env, window } from "vscode";
import { type CommandId, commandId, viewContainer } from "../contributions.js";
import type { DaemonClient } from "../daemon/daemonClient.js";
import type { DaemonState } from "../daemon/daemonState.js";
import { settings } from "../settings.js";
import { isAlive } from "../views/serverItem.js";
import type { ServerNode, ServerTree } from "../views/serverTree.js";
import { count, serverName } from "../views/words.js";
import type { Command } from "./command.js";
import { CommandError } from "./command.js";
import { isLoopback } from "./serverAddress.js";
import { serverCommandLine } from "./serverCommandLine.js";
import { confirm, pickServer } from "./pick.js";
import { withProgress } from "./progress.js";
import { workspaceFolder } from "./workspaceFolder.js";

export interface ServerCommandParts {
  client: DaemonClient;
  state: DaemonState;
  tree: ServerTree;
}

/** A server is told of as ready once its process is, which can take a while on a busy machine. */
const startTimeoutMs = 60_000;
const stopTimeoutMs = 30_000;

export function serverCommands({ client, state, tree }: ServerCommandParts): Partial<Record<CommandId, Command>> {
  const rows = () => [...state.servers.values()];

  async function chosen(
    node: ServerNode | undefined,
    title: string,
    fits: (row: ServerRow) => boolean = () => true,
  ): Promise<ServerRow> {
    const row = node && state.servers.get(node.serverId);
    if (node && !row) throw new CommandError("This agent server is not there any more.");
    return row ?? pickServer(rows().filter(fits), title);
  }

  const stop = (row: ServerRow) => client.request(stopServer, { serverId: row.serverId }, { timeoutMs: stopTimeoutMs });

  return {
    async [commandId.startServer]() {
      const cwd = await workspaceFolder();
      const row = await withProgress("Starting an agent server", (signal) =>
        client.request(startServer, settings.serverOptions(cwd), { timeoutMs: startTimeoutMs, signal }),
      );
      await commands.executeCommand(`workbench.view.extension.${viewContainer}`);
      await tree.reveal(row.serverId);
    },

    async [commandId.startServerInTerminal]() {
      const cwd = await workspaceFolder();
      const { agentDir, modelConfigPath, workers } = settings.serverOptions(cwd);
      const { url } = await client.request(daemonStatus, {});
      // A server in a terminal is the person's own: it outlives the daemon and is told where that is by its environment.
      const terminal = window.createTerminal({ name: "Agent server", cwd, env: { [studioEnvironment.url]: url } });
      terminal.show();
      terminal.sendText(serverCommandLine({ host: "127.0.0.1", port: 0, agentDir, modelConfigPath, workers }));
    },

    async [commandId.copyServerCommand]() {
      const { url } = await client.request(daemonStatus, {});
      const { hostname, protocol } = new URL(url);
      const isReachable = !isLoopback(hostname);
      const isSecure = protocol === "https:";
      const elsewhere = isReachable
        ? { viaStudio: url, studioTokenFile: "studio-token.txt", ...(isSecure && { tlsCa: "ca.pem" }) }
        : { host: "0.0.0.0", port: 12_001, tokenFile: "token.txt" };
      await env.clipboard.writeText(serverCommandLine({ ...elsewhere, agentDir: "agents" }));
      if (isReachable) {
        void window.showInformationMessage(
          `The command is copied. Run it on the other machine; studio-token.txt holds the daemon's token${
            isSecure ? ", ca.pem the certificate of who has signed the daemon's" : ""
          }.`,
        );
        return;
      }
      const connect = "Connect to Agent Server…";
      const next =
        "The command is copied. Run it on the other machine, with a long random text in token.txt, then connect to it.";
      const answer = await window.showInformationMessage(next, connect);
      if (answer === connect) await commands.executeCommand(commandId.connectServer);
    },

    async [commandId.stopServer](node?: ServerNode) {
      const row = await chosen(node, "Stop Agent Server", isAlive);
      if (row.agents > 0) {
        await confirm(`Stop the agent server ${serverName(row)}?`, {
          detail: `It has ${count(row.agents, "agent")}, which end with it.`,
          action: "Stop",
        });
      }
      await withProgress(`Stopping ${serverName(row)}`, () => stop(row));
    },

    async [commandId.stopAllServers]() {
      const alive = rows().filter(isAlive);
      if (alive.length === 0) throw new CommandError("No agent server is running.");
      const agents = alive.reduce((sum, row) => sum + row.agents, 0);
      await confirm(`Stop ${count(alive.length, "agent server")}?`, {
        detail: `They have ${count(agents, "agent")}, which end with them.`,
        action: "Stop All",
      });
      await withProgress("Stopping all agent servers", () => allOf(alive, stop));
    },

    async [commandId.forgetServer](node?: ServerNode) {
      const { serverId } = await chosen(node, "Remove from the List", (row) => !isAlive(row) || row.kind === "remote");
      await client.request(forgetServer, { serverId });
    },

    async [commandId.forgetDeadServers]() {
      const dead = rows().filter((row) => row.state === "crashed" || row.state === "stopped");
      await allOf(dead, ({ serverId }) => client.request(forgetServer, { serverId }));
    },

    async [commandId.deleteAllAgents](node?: ServerNode) {
      const row = await chosen(node, "Delete All Agents", (one) => isAlive(one) && one.agents > 0);
      await confirm(`Delete all agents of ${serverName(row)}?`, {
        detail: `${count(row.agents, "agent")} and what they remember will be gone.`,
        action: "Delete All",
      });
      await client.request(deleteAllAgents, { serverId: row.serverId });
    },
  };
}

/** Does it for all, and then tells of those where it failed. */
async function allOf(rows: readonly ServerRow[], act: (row: ServerRow) => Promise<unknown>): Promise<void> {
  const ends = await Promise.allSettled(rows.map(act));
  const failed = ends.flatMap((end, index) => {
    const row = rows[index];
    return end.status === "rejected" && row ? [`${serverName(row)}: ${(end.reason as Error).message}`] : [];
  });
  if (failed.length > 0) throw new CommandError(failed.join("\n"));
}
