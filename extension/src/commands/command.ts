import { CancellationError, commands, type Disposable, type LogOutputChannel, window } from "vscode";
import { type CommandId, commandId, type InnerCommandId } from "../contributions.js";
import { DaemonFailure } from "../daemon/daemonFailure.js";

/** What a person may do next, as a button. */
export interface NextStep {
  title: string;
  command: string;
  args?: unknown[];
}

/** A failure whose message says what failed and why, for the person. */
export class CommandError extends Error {
  override readonly name = "CommandError";

  constructor(
    message: string,
    readonly nextSteps: readonly NextStep[] = [],
  ) {
    super(message);
  }
}

/** Gives nothing when the person turned away from a question. */
export type Command = (...args: never[]) => Promise<void> | void;

/** Registers commands; whatever one of them throws is told to the person, with what to do next. */
export function registerCommands(
  all: Partial<Record<CommandId | InnerCommandId, Command>>,
  log: LogOutputChannel,
): Disposable[] {
  const run = tellFailure(log);
  return Object.entries(all).map(([id, command]) =>
    commands.registerCommand(id, (...args: unknown[]) =>
      run(id, () => (command as (...given: unknown[]) => Promise<void> | void)(...args)),
    ),
  );
}

/** What runs something that a person asked for, and tells of its failure; `id` is for the log. */
function tellFailure(log: LogOutputChannel): (id: string, work: () => Promise<void> | void) => Promise<void> {
  return async (id, work) => {
    try {
      await work();
    } catch (error) {
      if (error instanceof CancellationError) return;
      log.error(`${id}:`, error instanceof Error ? (error.stack ?? error.message) : String(error));
      // Not awaited: a command has ended when it has failed, not when somebody has read about it.
      void tell(error);
    }
  };
}

async function tell(error: unknown): Promise<void> {
  const message = error instanceof Error ? error.message : String(error);
  const steps = stepsAfter(error);
  const chosen = await window.showErrorMessage(message, ...steps.map((step) => step.title));
  const step = steps.find(({ title }) => title === chosen);
  if (step) await commands.executeCommand(step.command, ...(step.args ?? []));
}

function stepsAfter(error: unknown): readonly NextStep[] {
  if (error instanceof CommandError) return error.nextSteps;
  const showLog = { title: "Show Daemon Log", command: commandId.showDaemonLog };
  if (!(error instanceof DaemonFailure) || error.code === "refused") return [showLog];
  return [{ title: "Restart Daemon", command: commandId.restartDaemon }, showLog];
}
