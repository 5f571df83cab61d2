import { CallResult } from "../messages/callResult.js";
import { type AgentInstance, callGivenUp, relayedCall } from "./agentCode.js";
import type { AgentTarget } from "./agentTarget.js";

/**
 * An agent that the other end of a session can't reach by itself (a child process of this one, or one that is still being
 * started): this process takes its calls and passes them on.
 */
export class Relay implements AgentInstance {
  private running: CallResult<unknown> | undefined;

  constructor(private readonly target: AgentTarget) {}

  reply(input?: unknown): unknown {
    return this[relayedCall]("reply", [input]);
  }

  observe(input?: unknown): unknown {
    return this[relayedCall]("observe", [input]);
  }

  [relayedCall](method: string, args: unknown[]): unknown {
    const result = new CallResult<unknown>(undefined, 0);
    this.running = result;
    this.target.call(method, args, result);
    return result;
  }

  [callGivenUp](): void {
    this.running?.source?.cancel?.(this.running);
  }
}
