import { CallResult } from "../messages/callResult.js";
import { type AgentInstance, relayedCall } from "./agentCode.js";
import type { AgentReference, AgentTarget } from "./agentTarget.js";
import type { Session } from "./session.js";

/**
 * An agent that the other end of a session can't reach by itself (a child process of this one, or one that is still being
 * started): this process takes its calls and passes them on.
 */
class Relay implements AgentInstance {
  constructor(private readonly target: AgentTarget) {}

  reply(input?: unknown): unknown {
    return this[relayedCall]("reply", [input]);
  }

  observe(input?: unknown): unknown {
    return this[relayedCall]("observe", [input]);
  }

  [relayedCall](method: string, args: unknown[]): unknown {
    const result = new CallResult<unknown>(undefined, 0);
    this.target.call(method, args, result);
    return result;
  }
}

/** A reference to an agent that leads through this process. */
export function relayReference(target: AgentTarget, session: Session): AgentReference {
  const { host } = session.endpoint;
  const { label, className } = target;
  const id = `relay/${label.id}`;
  if (!host.agents.has(id)) {
    const spec = { id, name: label.name, className, args: [], moduleUrl: undefined };
    host.adopt(spec, new Relay(target));
  }
  return ["", "", session.endpoint.lane, id, label.name, className];
}
