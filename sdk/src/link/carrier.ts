import type { AgentScopeError } from "../errors.js";
import type { LaneLoad, PeerInfo } from "./peer.js";

/** What carries a connection's frames: a gRPC stream, or the way to the I/O thread that has it. */
export interface Carrier {
  /** @param isSpare nobody else has a use for the buffer any more. */
  send(bytes: Uint8Array<ArrayBuffer>, isSpare: boolean): void;
  /** While something is awaited the carrier keeps the process alive. */
  hold(): void;
  unhold(): void;
  /** What arrived can't be understood: ends the connection. */
  abort(error: AgentScopeError): void;
  /** The lane of an agent that is there already. */
  locate(agentId: string): Promise<number>;
}

/** Who is told what happens on a link. `Connection` is one. */
export interface LinkListener {
  opened(peer: PeerInfo): void;
  receive(bytes: Uint8Array): void;
  lanes(lanes: LaneLoad[]): void;
  laneLost(lane: number, error: AgentScopeError): void;
  /** The stream broke; it may come back. */
  down(): void;
  up(): void;
  lost(error: AgentScopeError): void;
}
