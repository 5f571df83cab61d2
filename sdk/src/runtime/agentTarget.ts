import { agentBrand } from "../agents/brand.js";
import type { AgentLabel } from "../errors.js";
import type { CallResult } from "../messages/callResult.js";
import type { PeerInfo } from "../link/peer.js";

/** Where calls of an agent go: its mailbox in this thread, or a connection to where it lives. */
export interface AgentTarget {
  readonly label: AgentLabel;
  readonly className: string;
  /**
   * Starts a call; its end goes to `result`.
   *
   * @param method `reply`, `observe`, `get`, or another public method.
   * @param args snapshots (see valueCodec.ts), and results of other calls.
   */
  call(method: string, args: unknown[], result: CallResult<unknown>): void;
  /** Ends when it is made on its server; an agent of this thread need not have it. */
  ready?(): Promise<unknown>;
  /** How the agent is named to the other end of a session. */
  reference(to: ReferenceTarget): AgentReference;
}

/** Whom an agent is named to: the other end of a session, and what this end has for it. */
export interface ReferenceTarget {
  /** This process, and which of its threads. */
  readonly self: PeerInfo;
  readonly ownLane: number;
  /** Whether the other end can open a connection to a server. */
  canReach(server: PeerInfo): boolean;
  /** Whether the other end was given this relay before: calls by a shorter way would overtake those that came by it. */
  hasRelay(id: string): boolean;
  /** Takes calls of the agent here, under this id, and passes them on. */
  relay(id: string, target: AgentTarget): void;
}

/**
 * `[address, realm, instance, lane, agent id, name, class, caller, seq]`; without an address: on this end of the session. The last two
 * tell which caller's operation makes the agent, as long as it is not known that it has arrived there.
 */
export type AgentReference = [string, string, string, number, string, string, string, string?, number?];

/** The target behind an agent or a handle. */
export function targetOf(agent: object): AgentTarget {
  return (agent as { [agentBrand]: AgentTarget })[agentBrand];
}
