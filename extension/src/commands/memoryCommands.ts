import { commands, window, workspace } from "vscode";
import { type CommandId, commandId, contextKey } from "../contributions.js";
import type { DaemonClient } from "../daemon/daemonClient.js";
import type { AgentSubject } from "../memory/agentSubject.js";
import type { KeptMoment, MemoryDocuments } from "../memory/memoryDocuments.js";
import type { AgentNode } from "../views/serverTree.js";
import type { ViewPanels } from "../webviews/viewPanels.js";
import { type Command, CommandError } from "./command.js";
import { pick, pickAgent } from "./pick.js";

export interface MemoryCommandParts {
  client: DaemonClient;
  memories: ViewPanels<AgentSubject>;
  documents: MemoryDocuments;
}

/** Each is given a row of a tree, or a subject by a view; from the palette the person chooses. */
export function memoryCommands({
  client,
  memories,
  documents,
}: MemoryCommandParts): Partial<Record<CommandId, Command>> {
  const chosen = async (given: AgentNode | AgentSubject | undefined, title: string): Promise<AgentSubject> => {
    const { serverId, agentId, name } =
      (given && "row" in given ? given.row : given) ?? (await pickAgent(client, title));
    return { serverId, agentId, name };
  };

  return {
    async [commandId.showMemory](given?: AgentNode | AgentSubject) {
      memories.open(await chosen(given, "Show the Memory of an Agent"));
    },

    async [commandId.openMemoryDocument](given?: AgentNode | AgentSubject) {
      const uri = documents.now(await chosen(given, "Open the Memory of an Agent as a Document"));
      await window.showTextDocument(await workspace.openTextDocument(uri), { preview: false });
    },

    async [commandId.keepMemoryMoment](given?: AgentNode | AgentSubject) {
      const subject = await chosen(given, "Keep This Moment of an Agent's Memory");
      const { atMs } = await documents.keep(subject);
      await commands.executeCommand("setContext", contextKey.hasKeptMoment, true);
      void window
        .showInformationMessage(
          `The memory of ${subject.name} of ${timeOf(atMs)} is kept in this window.`,
          "Compare with Now",
        )
        .then((answer) => answer && commands.executeCommand(commandId.compareMemory, subject));
    },

    async [commandId.compareMemory](given?: AgentNode | AgentSubject) {
      if (documents.kept.length === 0) {
        throw new CommandError("No moment of an agent's memory is kept in this window.", [
          { title: "Keep This Moment", command: commandId.keepMemoryMoment, args: given ? [given] : [] },
        ]);
      }
      const subject = await chosen(given, "Compare the Memory of an Agent");
      const moment = await pickMoment(documents.kept, subject);
      const title = `${moment.subject.name}, ${timeOf(moment.atMs)} ↔ ${subject.name}, now`;
      await commands.executeCommand("vscode.diff", moment.uri, documents.now(subject), title);
    },
  };
}

/** The one moment that was kept of the agent; where there are others, the person chooses. */
async function pickMoment(kept: readonly KeptMoment[], { serverId, agentId }: AgentSubject): Promise<KeptMoment> {
  const isOwn = ({ subject }: KeptMoment) => subject.serverId === serverId && subject.agentId === agentId;
  const own = kept.filter(isOwn);
  const [only] = own;
  if (only && own.length === 1) return only;
  const choices = [...own, ...kept.filter((moment) => !isOwn(moment))].map((value) => ({
    label: `${value.subject.name}, ${timeOf(value.atMs)}`,
    value,
  }));
  return pick(choices, { title: "Compare with Which Moment?", none: new CommandError("No moment is kept.") });
}

function timeOf(atMs: number): string {
  return new Date(atMs).toLocaleTimeString();
}
