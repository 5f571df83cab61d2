import { AgentScopeError, asError } from "../errors.js";
import type { AgentInstance } from "./agentCode.js";
import type { Recovered, Recovery } from "./agentSpec.js";
import { packState, unpackState } from "./agentState.js";
import { StateFiles } from "./stateFiles.js";
import type { Task } from "./task.js";

/**
 * Keeps what an agent needs to be made again after its server was lost.
 *
 * 1. A call is in the journal before its code runs: what is not in there has not begun.
 * 2. The state is saved before the end of a call is told to anybody: who has an answer finds it in the state.
 */
export class AgentKeeper {
  private readonly files: StateFiles;
  private before: Recovered;
  /** Calls that have begun in this epoch, as far as their callers have not released them. */
  private readonly begun = new Set<string>();
  private readonly epochs: number[] = [];
  private epoch: number;

  /** @throws an error of the file system. */
  constructor(folder: string, agentId: string, recovery: Recovery) {
    this.files = new StateFiles(folder, agentId, recovery);
    this.before = this.files.open();
    this.epoch = recovery.epoch;
  }

  /** What is known of the times before this one. */
  recovered(): Recovered {
    return { epochs: [...this.before.epochs, ...this.epochs], begun: [...this.before.begun, ...this.begun] };
  }

  /** The agent's maker has lost the way to it and found it again: it lives on. */
  takenBack({ epoch }: Recovery): void {
    this.epochs.push(this.epoch);
    this.epoch = epoch;
    this.files.advanceTo(epoch);
  }

  /** Gives an agent that was made the state that it had. */
  async restore(instance: AgentInstance): Promise<void> {
    const bytes = this.files.readState();
    if (bytes !== undefined) await instance.setState?.(unpackState(bytes));
  }

  /**
   * A call is about to begin.
   *
   * @throws AgentScopeError when that can't be noted: then it must not.
   */
  begin({ callId, method }: Task): void {
    if (callId === undefined || method === "get") return;
    try {
      this.files.noteBegun(callId);
      this.begun.add(callId);
      if (this.files.isJournalLarge) this.files.shortenJournal(this.begun);
    } catch (thrown) {
      const cause = asError(thrown);
      const gone = (cause as NodeJS.ErrnoException).code === "ENOENT";
      throw new AgentScopeError(
        gone ? "SERVER_NOT_ALIVE" : "AGENT_FAILED",
        gone
          ? "the call was not begun: the agent was made again elsewhere"
          : `the call was not begun: that it begins can't be noted for onServerLoss "restart": ${cause.message}`,
        { cause },
      );
    }
  }

  /** The caller has the answer. */
  released({ callId }: Task): void {
    if (callId !== undefined) this.begun.delete(callId);
  }

  /** Whether the state may be another one after this call. */
  changes({ method }: Task): boolean {
    return method !== "get";
  }

  /**
   * Saves the state of an agent that is between two calls.
   *
   * @throws AgentScopeError when it can't be had, kept or written.
   */
  async save(instance: AgentInstance | undefined): Promise<void> {
    try {
      await this.files.writeState(packState(await instance?.getState?.()));
    } catch (thrown) {
      const cause = asError(thrown);
      throw new AgentScopeError(
        "AGENT_FAILED",
        `the call has run, but the state after it could not be saved for onServerLoss "restart": ${cause.message}`,
        { cause },
      );
    }
  }

  /** The agent is gone for good. */
  discard(): void {
    this.files.delete();
  }
}
