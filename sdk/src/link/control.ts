import { AgentScopeError } from "../errors.js";
import { controlLane, encodeFrame, frameKind } from "./frame.js";
import type { FailureFields } from "./failure.js";
import type { LaneLoad, PeerInfo } from "./peer.js";

/** What two processes tell each other beside the calls; the body of a control frame, as JSON. */
export type Control =
  /** First on a stream, from the one that opened it; `resume` after a broken one. */
  | { type: "hello"; connection: string; resume: boolean; peer: PeerInfo }
  /** The answer; `resumed`: the connection is known here. `remotePort`: the other side's, as seen from here. */
  | { type: "welcome"; resumed: boolean; peer: PeerInfo; remotePort: number }
  /** The workers that take agents, when that changes. */
  | { type: "lanes"; lanes: LaneLoad[] }
  /** A worker and its agents are gone. */
  | { type: "laneLost"; lane: number; failure: FailureFields }
  | { type: "locate"; id: number; agentId: string }
  | { type: "located"; id: number; lane?: number; failure?: FailureFields }
  /** The server stops, or ends this connection since a limit of it is passed, and says so. */
  | { type: "bye"; failure?: FailureFields };

export function encodeControl(control: Control): Uint8Array<ArrayBuffer> {
  return encodeFrame({
    kind: frameKind.control,
    toLane: controlLane,
    fromLane: controlLane,
    sequence: 0,
    acknowledgeSoon: false,
    acknowledged: 0,
    body: Buffer.from(JSON.stringify(control)),
  });
}

/** @throws AgentScopeError when it is none. */
export function decodeControl(body: Uint8Array): Control {
  try {
    const control: unknown = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.length).toString("utf8"));
    if (typeof (control as { type?: unknown } | null)?.type === "string") return control as Control;
  } catch {
    // Reported below, like any other text that is no control message.
  }
  throw new AgentScopeError("INVALID_ARGUMENT", "the other side sent a control frame that can't be read");
}
