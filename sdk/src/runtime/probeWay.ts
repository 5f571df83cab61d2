import type { AgentScopeError } from "../errors.js";
import type { Channel } from "../link/channel.js";

/** A session as a search for a cycle needs it: the way on to another thread. */
export interface ProbeWay {
  readonly channel: Channel;
  readonly ended: AgentScopeError | undefined;
}
