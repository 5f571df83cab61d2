import type { RunState, ServerState } from "agentscope-distributed-daemon/protocol";

const tones: Record<ServerState | RunState, "good" | "busy" | "bad" | "odd" | "over"> = {
  starting: "busy",
  ready: "good",
  busy: "busy",
  unreachable: "odd",
  crashed: "bad",
  stopped: "over",
  running: "busy",
  succeeded: "good",
  failed: "bad",
  lost: "odd",
};

/** A state in words, with a dot in its colour. */
export function StateMark({ state }: { state: ServerState | RunState }) {
  return <span class={`state ${tones[state]}`}>{state}</span>;
}
