import type { AgentScopeError } from "../errors.js";
import type { CallResult, ResultSource } from "../messages/callResult.js";

/** A result that ends as another one does. */
export class ForwardedResult implements ResultSource {
  constructor(readonly from: CallResult<unknown>) {}

  /** The other one's value comes by itself. */
  fetch(): void {}

  release(): void {}

  cancel(): void {
    this.from.source?.cancel?.(this.from);
  }

  callId(): string | undefined {
    return this.from.source?.callId?.(this.from);
  }
}

/** Ends a result as another one ends, and leads searches for cycles there. */
export function forward(from: CallResult<unknown>, to: CallResult<unknown>): void {
  to.source = new ForwardedResult(from);
  from.whenRead(({ state, outcome }) => {
    if (state === "failed") to.fail(outcome as AgentScopeError);
    else to.fulfil(outcome);
  });
}
