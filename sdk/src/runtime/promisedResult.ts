import type { ResultSource } from "../messages/callResult.js";
import type { ProbeWay } from "./probeWay.js";

/** A result whose value the other end of a session sends when it has it. */
export class PromisedResult implements ResultSource {
  constructor(readonly session: ProbeWay) {}

  /** The value comes by itself. */
  fetch(): void {}

  /** The other end has forgotten it once it was sent. */
  release(): void {}
}
