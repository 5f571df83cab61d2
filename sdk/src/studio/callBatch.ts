/**
 * Lifes of calls, as a script and the servers that its agents live on see them; each tells its own part, and the daemon joins them by
 * the call's id: `callers[caller]/seq`, the same on both ends.
 *
 * Bounded: a process that makes or takes more calls than can be told tells only those whose `seq` is a multiple of a power of two, so
 * that both ends tell of the same calls, and counts the others in `untold`.
 */
export interface CallBatch {
  /** Names of callers that events refer to by index: the instance of the calling process, then what tells its threads apart. */
  callers: string[];
  /** Agents that events refer to by index. */
  agents: CalledAgent[];
  events: CallEvent[];
  /** Calls that were made here since the last batch and that no event tells of. */
  untold: number;
}

/** How a call is named, the same on both ends. */
export function callId(caller: string, seq: number): string {
  return `${caller}/${seq}`;
}

export interface CalledAgent {
  agentId: string;
  name: string;
  className: string;
  /** Where it lives: `host:port`, or `main process`. */
  server: string;
}

/**
 * Times are milliseconds since 1970 by the clock of the machine that tells. `inputs` are ids of calls whose results were given.
 *
 * A call is told of as made once more when the ids of its inputs are known later. Events of a call come in any order where two processes tell them. Both ends of a call tell its end, since one of them may not be
 * watched: the first counts. Only `expired` may follow `ready`: the value was dropped before it was fetched.
 */
export type CallEvent =
  | [
      kind: "made",
      caller: number,
      seq: number,
      atMs: number,
      agent: number,
      method: string,
      inputs: string[],
      by: CallOrigin,
    ]
  | [kind: "arrived", caller: number, seq: number, atMs: number, agent: number, method: string]
  | [kind: "begun", caller: number, seq: number, atMs: number]
  | [kind: "ended", caller: number, seq: number, atMs: number, end: CallEnd];

/** Who made a call: the call in whose turn it was made, and where in the script, as far as either is known. */
export interface CallOrigin {
  /** Id of a call. */
  turnOf?: string;
  /** `file:line:column` of the script's own code. */
  at?: string;
}

export type CallEnd =
  | { outcome: "ready"; sizeBytes?: number }
  | {
      outcome: "failed" | "expired" | "lost";
      error: string;
      /** `file:line:column` of the agent's own code that threw, where it is known. */
      thrownAt?: string;
    };
