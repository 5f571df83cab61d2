import type { Memento } from "vscode";
import { Listeners } from "../daemon/listeners.js";

/** Where runs put agents: `written` overrides nothing, the others are values of `AGENTSCOPE_TARGET`. */
export type RunTarget = "written" | "local" | "child" | "studio" | ServerTarget;
/** `HOST:PORT` of an agent server. */
export type ServerTarget = `${string}:${number}`;

const key = "runTarget";
const initial: RunTarget = "local";

/** How a target is called in the status bar, and what it means. */
export const targetWords: Record<Exclude<RunTarget, ServerTarget>, { label: string; detail: string }> = {
  written: {
    label: "As written",
    detail:
      "Where the script says. Agents that it places nowhere: a run asks the daemon, a debugged script takes child processes",
  },
  local: { label: "Local", detail: "All agents in the script's own process" },
  child: { label: "Child processes", detail: "A process for each agent, up to as many as the machine runs at a time" },
  studio: {
    label: "Allocated by the daemon",
    detail: "On agent servers that have the class, the least loaded first; where there are none the daemon starts some",
  },
};

export function isServerTarget(target: RunTarget): target is ServerTarget {
  return !(target in targetWords);
}

/** The run target of the window's workspace; it is there again when the workspace is opened the next time. */
export class ChosenTarget {
  readonly changed = new Listeners<RunTarget>();

  constructor(private readonly workspaceState: Pick<Memento, "get" | "update">) {}

  get value(): RunTarget {
    return this.workspaceState.get<RunTarget>(key, initial);
  }

  async choose(target: RunTarget): Promise<void> {
    await this.workspaceState.update(key, target);
    this.changed.tell(target);
  }
}
