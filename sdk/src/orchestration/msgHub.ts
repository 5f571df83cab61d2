import type { AgentInput } from "../agents/agentConfig.js";
import type { Placeholder } from "../messages/placeholder.js";
import { targetOf } from "../runtime/agentTarget.js";
import { hear } from "../runtime/heardCalls.js";

/** An agent of any deployment, as a hub needs it. */
export interface Participant {
  (input?: AgentInput): Placeholder;
  observe(input?: AgentInput): unknown;
  readonly agentId: string;
}

/** What a hub begins with. */
export interface MsgHubOptions {
  /** Everybody observes it first. */
  announcement?: AgentInput;
}

type Body<Participants, Result> = (participants: Participants, hub: MsgHub) => Result | PromiseLike<Result>;

/**
 * A group of agents that hear each other: while the body runs, what a participant answers to a call from this process, all other
 * participants observe.
 *
 * @example
 * ```ts
 * await msgHub([a, b, c], { announcement }, async () => {
 *   a(); b(); c();
 * });
 * ```
 * Observing stands in each agent's mailbox, in the order of the calls, so that nothing has to be awaited. The hub ends when the
 * body does. The options can be left out.
 */
export async function msgHub<const Participants extends readonly Participant[], Result>(
  participants: Participants,
  ...more: [options: MsgHubOptions, body: Body<Participants, Result>] | [body: Body<Participants, Result>]
): Promise<Awaited<Result>> {
  const [options, body] = more.length === 1 ? [{}, more[0]] : more;
  const hub = new MsgHub(participants);
  try {
    if (options.announcement !== undefined) hub.broadcast(options.announcement);
    const result = await body(participants, hub);
    return result;
  } finally {
    hub.close();
  }
}

/** The open hub: participants can come and go. */
export class MsgHub {
  private readonly members = new Map<string, { agent: Participant; stopHearing: () => void }>();

  constructor(participants: readonly Participant[]) {
    for (const agent of participants) this.add(agent);
  }

  /** Takes in another agent. */
  add(agent: Participant): void {
    if (this.members.has(agent.agentId)) return;
    const stopHearing = hear(targetOf(agent), (answer) => this.broadcast(answer, agent));
    this.members.set(agent.agentId, { agent, stopHearing });
  }

  /** The agent hears no more, and is heard no more. */
  delete(agent: Participant): void {
    this.members.get(agent.agentId)?.stopHearing();
    this.members.delete(agent.agentId);
  }

  /** Everybody observes a message, but who is named as its sender. */
  broadcast(message: AgentInput, from?: Participant): void {
    for (const [agentId, { agent }] of this.members) if (agentId !== from?.agentId) agent.observe(message);
  }

  /** @internal Nobody is heard any more. */
  close(): void {
    for (const { agent } of [...this.members.values()]) this.delete(agent);
  }
}
