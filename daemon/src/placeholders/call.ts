import type { CallEnd, CalledAgent } from "agentscope-distributed/studio";
import type { PlaceholderRow, PlaceholderState } from "../protocol/index.js";

/** The name of a process's caller begins with the instance of the process, a UUID. */
const instanceLength = 36;

/**
 * What is known of a call so far. Its two ends tell of it independently, so any part may come first, and times come from the clocks of
 * two machines.
 */
export interface Call {
  readonly id: string;
  /** Undefined until it is known. */
  runId: string | undefined;
  /** Counts up with each call that the daemon was told of. */
  readonly order: number;
  agent: CalledAgent;
  method: string;
  inputs: readonly string[];
  madeIn: string | undefined;
  at: string | undefined;
  madeAtMs: number | undefined;
  arrivedAtMs: number | undefined;
  begunAtMs: number | undefined;
  endedAtMs: number | undefined;
  end: CallEnd | undefined;
  /** Whether the daemon concluded the end from something else: what an end of the call tells goes before it. */
  isGuessed: boolean;
}

/** The name of the caller, and the number of the call among its calls. */
export function callerOf(id: string): { caller: string; seq: number } {
  const slash = id.lastIndexOf("/");
  return { caller: id.slice(0, slash), seq: Number(id.slice(slash + 1)) };
}

/** The instance of the process that made the call. */
export function instanceOf(id: string): string {
  return id.slice(0, instanceLength);
}

/** @param isOpen whether the input with an id is known not to have ended. */
export function stateOf(call: Call, isOpen: (id: string) => boolean): PlaceholderState {
  if (call.end !== undefined) return call.end.outcome;
  if (call.begunAtMs !== undefined) return "running";
  return call.inputs.some(isOpen) ? "waiting" : "queued";
}

export function rowOf(call: Call, state: PlaceholderState): PlaceholderRow {
  const { agent, end } = call;
  return {
    placeholderId: call.id,
    runId: call.runId ?? "",
    agentId: agent.agentId,
    agent: agent.name,
    server: agent.server,
    method: call.method,
    state,
    inputs: [...call.inputs],
    ...(call.madeIn !== undefined && { madeIn: call.madeIn }),
    ...(call.at !== undefined && { at: call.at }),
    ...inOrder(call),
    ...(end?.outcome === "ready" && end.sizeBytes !== undefined && { sizeBytes: end.sizeBytes }),
    ...(end !== undefined && end.outcome !== "ready" && failureOf(end)),
  };
}

function failureOf({
  error,
  thrownAt,
}: Exclude<CallEnd, { outcome: "ready" }>): Pick<PlaceholderRow, "error" | "thrownAt"> {
  return { error, ...(thrownAt !== undefined && { thrownAt }) };
}

type Times = Pick<PlaceholderRow, "madeAtMs" | "arrivedAtMs" | "begunAtMs" | "endedAtMs">;

/** The clocks of two machines differ by a little: nothing of a call is shown to be before what came before it. */
function inOrder(call: Call): Times {
  const times: Times = {};
  let latest = -Infinity;
  for (const name of ["madeAtMs", "arrivedAtMs", "begunAtMs", "endedAtMs"] as const) {
    const at = call[name];
    if (at === undefined) continue;
    latest = Math.max(latest, at);
    times[name] = latest;
  }
  return times;
}
