import { AgentScopeError } from "../errors.js";
import type { CallResult, ResultSource } from "../messages/callResult.js";
import { unwrapLarge } from "../messages/largeValue.js";
import type { Task } from "./task.js";

/** The result of a call of an agent of this thread. */
export class LocalResult implements ResultSource {
  constructor(readonly task: Task) {}

  fetch(result: CallResult<unknown>): void {
    result.fulfil(unwrapLarge(this.task.outcome));
  }

  release(): void {}

  callId(): string | undefined {
    return this.task.callId;
  }

  /** The call need not begin. */
  cancel(): void {
    this.task.agent.cancel(this.task, new AgentScopeError("CANCELLED", "the call was given up by its caller"));
  }
}
