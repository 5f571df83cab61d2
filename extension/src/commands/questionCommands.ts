import type { QuestionRow } from "agentscope-distributed-daemon/protocol";
import { type Uri, window } from "vscode";
import { type CommandId, commandId } from "../contributions.js";
import type { DaemonState } from "../daemon/daemonState.js";
import type { QuestionDesk } from "../questions/questionDesk.js";
import type { QuestionNode } from "../views/runTree.js";
import { type Command, CommandError } from "./command.js";
import { pickQuestion } from "./pick.js";

export interface QuestionCommandParts {
  state: DaemonState;
  desk: QuestionDesk;
}

/** People's answers to agents. */
export function questionCommands({ state, desk }: QuestionCommandParts): Partial<Record<CommandId, Command>> {
  async function chosen(node: QuestionNode | undefined): Promise<QuestionRow> {
    if (!node) return pickQuestion(state.questions, (question) => desk.runOf(question));
    const question = desk.find(node.questionId);
    if (!question) throw new CommandError("This question does not wait for an answer any more.");
    return question;
  }

  return {
    async [commandId.answerQuestion](node?: QuestionNode) {
      await desk.ask(await chosen(node));
    },

    async [commandId.sendAnswer](uri?: Uri) {
      const document = uri ?? window.activeTextEditor?.document.uri;
      if (document) await desk.sendEditor(document);
    },
  };
}
