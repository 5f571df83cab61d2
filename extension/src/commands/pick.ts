import {
  type AgentRow,
  listAgents,
  type QuestionRow,
  type RunRow,
  type ServerRow,
} from "agentscope-distributed-daemon/protocol";
import { CancellationError, type QuickPickItem, window } from "vscode";
import type { DaemonClient } from "../daemon/daemonClient.js";
import { agentDescription, count, runDescription, runName, serverDescription, serverName } from "../views/words.js";
import { shortened } from "../questions/questionWords.js";
import { CommandError } from "./command.js";

// A command of a row is given the row; from the palette the person chooses one.

interface Choice<T> extends QuickPickItem {
  value: T;
}

/** @throws CommandError when there is nothing to choose from; CancellationError when nothing was chosen. */
export async function pick<T>(
  choices: readonly Choice<T>[],
  { title, none }: { title: string; none: CommandError },
): Promise<T> {
  if (choices.length === 0) throw none;
  const chosen = await window.showQuickPick(choices, { title, matchOnDescription: true, matchOnDetail: true });
  if (!chosen) throw new CancellationError();
  return chosen.value;
}

export function pickServer(rows: readonly ServerRow[], title: string): Promise<ServerRow> {
  const choices = rows.map((value) => ({ label: serverName(value), description: serverDescription(value), value }));
  return pick(choices, { title, none: new CommandError("There is no agent server that this could be done with.") });
}

export async function pickAgent(client: DaemonClient, title: string): Promise<AgentRow> {
  const { rows } = await client.request(listAgents, { offset: 0, limit: 500 });
  const choices = rows.map((value) => ({
    label: value.name,
    description: agentDescription(value),
    detail: value.agentId,
    value,
  }));
  return pick(choices, { title, none: new CommandError("There are no agents.") });
}

export function pickRun(rows: readonly RunRow[], title: string): Promise<RunRow> {
  const choices = rows.map((value) => ({
    label: runName(value),
    description: runDescription(value, Date.now()),
    value,
  }));
  return pick(choices, { title, none: new CommandError("There is no run that this could be done with.") });
}

/** Of several, one of them or all. */
export async function pickOneOrAll(rows: readonly ServerRow[], title: string): Promise<ServerRow[]> {
  const one = rows.map((value) => ({
    label: serverName(value),
    description: serverDescription(value),
    value: [value],
  }));
  const all = { label: "All Agent Servers", description: count(rows.length, "server"), value: [...rows] };
  const none = new CommandError("No agent server is running.");
  if (rows.length < 2) return one[0]?.value ?? Promise.reject(none);
  return pick([all, ...one], { title, none });
}

/** The only one is not asked for. */
export async function pickQuestion(
  rows: readonly QuestionRow[],
  runOf: (question: QuestionRow) => string | undefined,
): Promise<QuestionRow> {
  const [first, ...others] = rows;
  if (first && others.length === 0) return first;
  const choices = rows.map((value) => ({
    label: value.agent,
    description: runOf(value),
    detail: shortened(value.prompt),
    value,
  }));
  return pick(choices, { title: "Answer Question", none: new CommandError("No agent waits for an answer.") });
}

/** Asks before something that can't be undone. @throws CancellationError when the person does not want it. */
export async function confirm(question: string, { detail, action }: { detail: string; action: string }): Promise<void> {
  const answer = await window.showWarningMessage(question, { modal: true, detail }, action);
  if (answer !== action) throw new CancellationError();
}
