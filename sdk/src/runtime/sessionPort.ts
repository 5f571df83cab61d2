import type { AgentScopeError } from "../errors.js";
import type { Channel } from "../link/channel.js";
import type { Cursor } from "../link/operations.js";
import type { PeerInfo } from "../link/peer.js";
import type { AgentTarget } from "./agentTarget.js";

/** A session as the two halves of it see it: the calls that go out, and those that come in. */
export interface SessionPort {
  readonly channel: Channel;
  /** How the calls of this end are named, and those of the other. */
  readonly callerName: string;
  readonly otherCallerName: string;
  /** Unique for each start of the process at the other end. */
  readonly otherInstance: string | undefined;
  /** Whether the other end knows calls that stand in a trace. */
  readonly otherReadsTraces: boolean;
  /** This process. */
  readonly self: PeerInfo;
  /** Why it is over, once it is. */
  readonly ended: AgentScopeError | undefined;
  /** Something is awaited from there: the process must not end by itself. */
  hold(): void;
  unhold(): void;
  toWire(value: unknown): unknown;
  /** @param call the call it belongs to: results that go by reference stay on their servers until it has ended. */
  writeArgument(out: unknown[], value: unknown, call: number): void;
  readArgument(cursor: Cursor): unknown;
  /** Calls back when this operation of a caller (of this session or another one) has arrived here, or won't. */
  whenArrived(caller: string, seq: number, callback: () => void): void;
  /** An agent of the other end that is always there. */
  agentThere(id: string): AgentTarget;
  /** Answers what the other end asked for under `seq`. */
  answer(seq: number, value: unknown): void;
}
