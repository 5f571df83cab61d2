import {
  type Allocation,
  type AllocationItem,
  allocate,
  askPerson,
  callsHappened,
  runAgentsChanged,
  runEnding,
} from "agentscope-distributed/studio";
import type { MessageConnection } from "vscode-jsonrpc";
import type { PlaceholderLog } from "../placeholders/placeholderLog.js";
import type { Questions } from "../questions/questions.js";
import type { Run } from "./run.js";
import { agentChanges, allocationItems, checked, personQuestion, toldEnd } from "./scriptForms.js";

/** Who a script's requests and tellings are for. */
export interface ScriptEars {
  placeholders: PlaceholderLog;
  questions: Questions;
  /** Servers for agents of a run. */
  allocate: (items: AllocationItem[], run: AllocatingRun) => Promise<Allocation[]>;
  agentsChanged: () => void;
  /** The connection is over; can be told twice. */
  over: () => void;
}

/** A run that asks for servers. */
export interface AllocatingRun {
  runId: string;
  cwd: string;
  /** Whether its script is on the daemon's machine. */
  isLocal: boolean;
}

/** Hears what the script of a run says on a connection, until it ends. */
export function hearScript(connection: MessageConnection, run: Run, ears: ScriptEars): void {
  const { row, stored } = run;
  const { runId, cwd } = row;
  const { isLocal, instance = "" } = stored;
  connection.onRequest(runEnding, (told) => {
    run.toldEnd = checked(toldEnd, told);
  });
  connection.onRequest(askPerson, (question, token) =>
    ears.questions.ask(runId, checked(personQuestion, question), token),
  );
  connection.onRequest(allocate, (wanted) =>
    ears.allocate(checked(allocationItems, wanted).items, { runId, cwd, isLocal }),
  );
  connection.onNotification(callsHappened, (batch) => ears.placeholders.take(batch, { instance }));
  connection.onNotification(runAgentsChanged, (changes) => {
    run.changeAgents(checked(agentChanges, changes));
    ears.agentsChanged();
  });
  const over = () => {
    ears.placeholders.tellerGone(instance);
    ears.over();
  };
  // The first when the other end has gone, the second when the daemon lets go of it.
  connection.onClose(over);
  connection.onDispose(over);
}
