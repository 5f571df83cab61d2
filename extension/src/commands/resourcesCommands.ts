import { type CommandId, commandId } from "../contributions.js";
import type { DaemonState } from "../daemon/daemonState.js";
import type { ResourcesSubject } from "../resources/resourcesView.js";
import type { ServerNode } from "../views/serverTree.js";
import { serverName } from "../views/words.js";
import type { ViewPanels } from "../webviews/viewPanels.js";
import type { Command } from "./command.js";

export function resourcesCommands(
  state: DaemonState,
  resources: ViewPanels<ResourcesSubject>,
): Partial<Record<CommandId, Command>> {
  return {
    [commandId.showResources](node?: ServerNode) {
      const row = node && state.servers.get(node.serverId);
      resources.open(row ? { serverId: row.serverId, name: serverName(row) } : {});
    },
  };
}
