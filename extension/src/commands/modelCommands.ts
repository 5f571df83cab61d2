import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { checkModelConfigs, type ServerRow, setModelConfigs } from "agentscope-distributed-daemon/protocol";
import { CancellationError, type Memento, Uri, window } from "vscode";
import { type CommandId, commandId } from "../contributions.js";
import type { DaemonClient } from "../daemon/daemonClient.js";
import type { DaemonState } from "../daemon/daemonState.js";
import { isAlive } from "../views/serverItem.js";
import type { ServerNode } from "../views/serverTree.js";
import { count, serverName } from "../views/words.js";
import { type Command, CommandError } from "./command.js";
import { pickOneOrAll } from "./pick.js";
import { withProgress } from "./progress.js";

export interface ModelCommandParts {
  client: DaemonClient;
  state: DaemonState;
  memory: Memento;
}

const lastFileKey = "agentscope.modelConfigFile";
type Configs = Record<string, unknown>[];

/** Model configs for agent servers that run. Keys stand in them by the names of environment variables; one itself is refused. */
export function modelCommands({ client, state, memory }: ModelCommandParts): Partial<Record<CommandId, Command>> {
  async function chosenServers(node: ServerNode | undefined): Promise<ServerRow[]> {
    const row = node && state.servers.get(node.serverId);
    if (node && !row) throw new CommandError("This agent server is not there any more.");
    return row ? [row] : pickOneOrAll([...state.servers.values()].filter(isAlive), "Set Model Configs");
  }

  return {
    async [commandId.setModelConfigs](node?: ServerNode) {
      const servers = await chosenServers(node);
      const file = await chosenFile(memory);
      const configs = await configsIn(file);
      await client.request(checkModelConfigs, { configs, origin: basename(file) });
      await memory.update(lastFileKey, file);
      const set = ({ serverId }: ServerRow) => client.request(setModelConfigs, { serverId, configs });
      const ends = await withProgress("Setting model configs", () => Promise.allSettled(servers.map(set)));
      const failed = ends.flatMap((end, index) => {
        const row = servers[index];
        return end.status === "rejected" && row ? [`${serverName(row)}: ${(end.reason as Error).message}`] : [];
      });
      const names = configs.map((config) => String(config["config_name"])).join(", ");
      const done = servers.length - failed.length;
      if (failed.length > 0) {
        const others = done === 0 ? "" : ` ${count(done, "other server")} took them.`;
        throw new CommandError(`Model configs (${names}) could not be set. ${failed.join("\n")}.${others}`);
      }
      void window.showInformationMessage(`${count(done, "agent server")} can use ${names} now.`);
    },
  };
}

async function chosenFile(memory: Memento): Promise<string> {
  const last = memory.get<string>(lastFileKey);
  const [chosen] =
    (await window.showOpenDialog({
      title: "Set Model Configs",
      openLabel: "Set",
      filters: { "Model configs": ["json"] },
      ...(last !== undefined && { defaultUri: Uri.file(last) }),
    })) ?? [];
  if (!chosen) throw new CancellationError();
  return chosen.fsPath;
}

/** @throws CommandError that has nothing of the text in it: a key may stand there. */
async function configsIn(file: string): Promise<Configs> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new CommandError(`${file} can't be read: ${(error as Error).message}`);
  });
  try {
    const parsed: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    return (Array.isArray(parsed) ? parsed : [parsed]) as Configs;
  } catch {
    throw new CommandError(`${file} is no JSON.`);
  }
}
