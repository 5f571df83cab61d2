import type { AgentInput } from "../agents/agentConfig.js";
import type { Msg } from "../messages/msg.js";
import type { Placeholder } from "../messages/placeholder.js";

/** An agent of any deployment, as a hub needs it. */
export interface Participant {
  (input?: AgentInput): Placeholder;
  observe(input?: AgentInput): unknown;
  readonly agentId: string;
}

/**
 * A group of agents that hear each other: what a participant answers, all other participants observe.
 *
 * @example
 * ```ts
 * await msgHub([a, b, c], { announcement }, async ([a, b, c], hub) => {
 *   a(); b(); c();
 * });
 * ```
 * The agents handed to the body are to be called there: only their answers are passed on. Observing stands in each agent's
 * mailbox, in the order of the calls, so that nothing has to be awaited. The hub ends when the body does.
 */
export async function msgHub<Participants extends readonly Participant[], Result>(
  participants: Participants,
  options: { announcement?: AgentInput },
  body: (participants: { [Index in keyof Participants]: Participant }, hub: MsgHub) => Result | PromiseLike<Result>,
): Promise<Awaited<Result>> {
  const hub = new MsgHub(participants);
  if (options.announcement !== undefined) hub.broadcast(options.announcement);
  const heard = participants.map((agent) => hub.heard(agent));
  const result = await body(heard as { [Index in keyof Participants]: Participant }, hub);
  return result;
}

/** The open hub: participants can come and go. */
export class MsgHub {
  private readonly members: Participant[];

  constructor(participants: readonly Participant[]) {
    this.members = [...participants];
  }

  /** Takes in another agent, and gives it as it is to be called while the hub lasts. */
  add(agent: Participant): Participant {
    if (!this.has(agent)) this.members.push(agent);
    return this.heard(agent);
  }

  /** The agent hears no more, and is heard no more. */
  delete(agent: Participant): void {
    const index = this.members.findIndex(({ agentId }) => agentId === agent.agentId);
    if (index >= 0) this.members.splice(index, 1);
  }

  /** Everybody observes a message, but who is named as its sender. */
  broadcast(message: AgentInput, from?: Participant): void {
    for (const member of this.members) if (member.agentId !== from?.agentId) member.observe(message);
  }

  /** @internal The agent, so that what it answers is observed by the others. */
  heard(agent: Participant): Participant {
    return new Proxy(agent, {
      apply: (target, _this, [input]: [AgentInput]) => {
        const answer = target(input) as Placeholder & Msg;
        if (this.has(target)) this.broadcast(answer, target);
        return answer;
      },
    });
  }

  private has(agent: Participant): boolean {
    return this.members.some(({ agentId }) => agentId === agent.agentId);
  }
}
