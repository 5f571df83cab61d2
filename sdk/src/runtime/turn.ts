import { type AgentInstance, invokeAgent, isThenable } from "./agentCode.js";
import type { Task } from "./task.js";

/** What a turn gives that has not ended at once. */
export const pendingTurn = Symbol("pending");

/** Who is told how turns end. */
export interface TurnOwner {
  runEnded(task: Task, value: unknown): void;
  runFailed(task: Task, thrown: unknown): void;
}

/** The turns of one agent, one after the other, with one pair of callbacks for all of them. */
export class Turn {
  private task: Task | undefined;
  private readonly ended = (value: unknown) => this.agent.runEnded(this.takeTask(), value);
  private readonly failed = (thrown: unknown) => this.agent.runFailed(this.takeTask(), thrown);

  constructor(private readonly agent: TurnOwner) {}

  /** Runs the agent's code up to its first `await`; what it gives later ends the call. */
  start(instance: AgentInstance, task: Task): unknown {
    const returned = invokeAgent(instance, task);
    if (!isThenable(returned)) return returned;
    this.task = task;
    // Through a promise of the language: a result is told that the turn waits for it.
    Promise.resolve(returned).then(this.ended, this.failed);
    return pendingTurn;
  }

  /** An idle agent does not hold on to its last call, and what that gave. */
  private takeTask(): Task {
    const task = this.task as Task;
    this.task = undefined;
    return task;
  }
}
