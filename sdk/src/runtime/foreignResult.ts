import type { CallResult, ResultSource } from "../messages/callResult.js";
import { callId } from "../studio/callBatch.js";
import type { Session } from "./session.js";
import type { TaskReference } from "./taskReference.js";

/** The result of somebody else's call of an agent of another server: fetched from there, once it is needed here. */
export class ForeignResult implements ResultSource {
  constructor(
    readonly reference: TaskReference,
    readonly session: Session,
    private readonly fetched: () => void,
  ) {}

  fetch(result: CallResult<unknown>): void {
    const { address, instance, caller, seq } = this.reference;
    const { connection, outgoing } = this.session;
    connection.whenOpen((error) => {
      if (error !== undefined) result.fail(error);
      else if (connection.peer?.instance === instance) outgoing.fetch(caller, seq, result);
      else result.expire(`the server at ${address} was started again: the value is gone`);
    });
  }

  callId(): string {
    return callId(this.reference.caller, this.reference.seq);
  }

  /** Its value is held here now, or there is none: the next reference to it may be another's. */
  release(): void {
    this.fetched();
  }
}
