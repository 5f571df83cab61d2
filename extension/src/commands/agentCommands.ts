import { type AgentRow, cloneAgent, deleteAgent, listAgents } from "agentscope-distributed-daemon/protocol";
import { commands, env, Uri, window, workspace } from "vscode";
import {
  type CommandId,
  commandId,
  contextKey,
  type InnerCommandId,
  innerCommandId,
  viewId,
} from "../contributions.js";
import type { DaemonClient } from "../daemon/daemonClient.js";
import type { AgentNode, ServerNode, ServerTree } from "../views/serverTree.js";
import { type Command, CommandError } from "./command.js";
import { confirm, pickAgent } from "./pick.js";

/** Servers that are opened in the tree to show the agents of a class. */
const mostOpened = 10;

export function agentCommands(
  client: DaemonClient,
  tree: ServerTree,
): Partial<Record<CommandId | InnerCommandId, Command>> {
  const chosen = async (node: AgentNode | undefined, title: string): Promise<AgentRow> =>
    node?.row ?? (await pickAgent(client, title));

  const filter = async (text: string): Promise<void> => {
    tree.setFilter(text);
    await commands.executeCommand("setContext", contextKey.agentsFiltered, text !== "");
  };

  const showClass = async (className: string): Promise<void> => {
    await filter(className);
    await commands.executeCommand(`${viewId.servers}.focus`);
    const { rows } = await client.request(listAgents, { filter: className, offset: 0, limit: 500 });
    const living = rows.filter((row) => row.className === className && !row.lost);
    const serverIds = [...new Set(living.map((row) => row.serverId))];
    for (const serverId of serverIds.slice(0, mostOpened)) await tree.reveal(serverId, { expand: true });
  };

  return {
    async [commandId.deleteAgent](node?: AgentNode) {
      const { serverId, agentId, name } = await chosen(node, "Delete Agent");
      await confirm(`Delete the agent ${name}?`, { detail: "What it remembers will be gone.", action: "Delete" });
      await client.request(deleteAgent, { serverId, agentId });
    },

    async [commandId.cloneAgent](node?: AgentNode) {
      const { serverId, agentId } = await chosen(node, "Clone Agent");
      await client.request(cloneAgent, { serverId, agentId });
    },

    async [commandId.revealAgentClass](node?: AgentNode) {
      const row = await chosen(node, "Open the Class of an Agent");
      const { rows } = await client.request(listAgents, {
        serverId: row.serverId,
        filter: row.agentId,
        offset: 0,
        limit: 1,
        states: true,
      });
      const module = rows[0]?.state?.module;
      if (!module?.startsWith("file:")) {
        throw new CommandError(`Where the class ${row.className} of ${row.name} stands is not known on this machine.`);
      }
      const document = await workspace.openTextDocument(Uri.parse(module));
      const line = document
        .getText()
        .split("\n")
        .findIndex((text) => declares(text, row.className));
      await window.showTextDocument(document, line < 0 ? {} : { selection: document.lineAt(line).range });
    },

    async [commandId.copyId](node?: AgentNode | ServerNode) {
      if (node?.kind === "server") await env.clipboard.writeText(node.serverId);
      else await env.clipboard.writeText((await chosen(node, "Copy Id of Agent")).agentId);
    },

    async [commandId.filterAgents]() {
      const text = await window.showInputBox({
        title: "Filter Agents",
        prompt: "Shows agents with this text in their name, class or id",
        value: tree.filter,
      });
      if (text !== undefined) await filter(text.trim());
    },

    [commandId.clearAgentFilter]: () => filter(""),

    [innerCommandId.showAgentsOfClass]: showClass,

    [innerCommandId.showMoreAgents](serverId: string) {
      tree.showMore(serverId);
    },
  };
}

/** Whether a line of TypeScript or JavaScript declares the class. */
function declares(line: string, className: string): boolean {
  const word = className.replaceAll(/[^\w$]/g, "");
  return new RegExp(`\\bclass\\s+${word.replaceAll("$", "\\$")}(?![\\w$])`).test(line);
}
