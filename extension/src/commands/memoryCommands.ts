import { type CommandId, commandId } from "../contributions.js";
import type { DaemonClient } from "../daemon/daemonClient.js";
import type { AgentSubject } from "../memory/agentSubject.js";
import type { AgentNode } from "../views/serverTree.js";
import type { ViewPanels } from "../webviews/viewPanels.js";
import type { Command } from "./command.js";
import { pickAgent } from "./pick.js";

export function memoryCommands(
  client: DaemonClient,
  memories: ViewPanels<AgentSubject>,
): Partial<Record<CommandId, Command>> {
  const chosen = async (node: AgentNode | undefined, title: string): Promise<AgentSubject> => {
    const { serverId, agentId, name } = node?.row ?? (await pickAgent(client, title));
    return { serverId, agentId, name };
  };

  return {
    async [commandId.showMemory](node?: AgentNode) {
      memories.open(await chosen(node, "Show the Memory of an Agent"));
    },
  };
}
