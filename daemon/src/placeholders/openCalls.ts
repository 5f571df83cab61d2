import { type Call, callerOf } from "./call.js";

/** The calls that have not ended, by what is asked of them: whose they are, in whose turn they were made, what waits for them. */
export class OpenCalls {
  private readonly byAgent = new Map<string, Set<Call>>();
  private readonly byTurn = new Map<string, Set<Call>>();
  private readonly byInput = new Map<string, Set<Call>>();

  add(call: Call): void {
    put(this.byAgent, call.agent.agentId, call);
    if (call.madeIn !== undefined) put(this.byTurn, call.madeIn, call);
    for (const input of call.inputs) put(this.byInput, input, call);
  }

  delete(call: Call): void {
    take(this.byAgent, call.agent.agentId, call);
    if (call.madeIn !== undefined) take(this.byTurn, call.madeIn, call);
    for (const input of call.inputs) take(this.byInput, input, call);
  }

  /** Of an agent, in the order in which the daemon was told of them. */
  of(agentId: string): Call[] {
    return inOrder(this.byAgent.get(agentId));
  }

  madeIn(callId: string): Call[] {
    return inOrder(this.byTurn.get(callId));
  }

  thatWaitFor(callId: string): Call[] {
    return inOrder(this.byInput.get(callId));
  }

  *all(): Iterable<Call> {
    for (const calls of this.byAgent.values()) yield* calls;
  }

  /**
   * Those that come before a call that has not begun: the one whose turn is on, and those that stand before it in the agent's mailbox.
   *
   * Order is per caller: a call that waits for its inputs holds up the later calls of its own caller, and nobody else's.
   */
  ahead(call: Call, isWaiting: (call: Call) => boolean): Call[] {
    const others = this.of(call.agent.agentId).filter((other) => other !== call);
    const held = new Map<string, number>();
    for (const other of others) {
      if (other.begunAtMs !== undefined || !isWaiting(other)) continue;
      const { line, seq } = placeOf(other);
      held.set(line, Math.min(held.get(line) ?? Infinity, seq));
    }
    const own = placeOf(call);
    return others.filter((other) => {
      if (other.begunAtMs !== undefined) return true;
      const { line, seq } = placeOf(other);
      if (line === own.line) return seq < own.seq;
      if (other.arrivedAtMs === undefined || call.arrivedAtMs === undefined) return false;
      return other.arrivedAtMs < call.arrivedAtMs && seq < (held.get(line) ?? Infinity);
    });
  }
}

/** A caller is the script or one agent: calls of one thread that were made in turns have the turn's line. */
function placeOf(call: Call): { line: string; seq: number } {
  const { caller, seq } = callerOf(call.id);
  return { line: `${caller} ${call.madeIn ?? ""}`, seq };
}

function put(sets: Map<string, Set<Call>>, key: string, call: Call): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([call]));
  else set.add(call);
}

function take(sets: Map<string, Set<Call>>, key: string, call: Call): void {
  const set = sets.get(key);
  set?.delete(call);
  if (set?.size === 0) sets.delete(key);
}

function inOrder(calls: Set<Call> | undefined): Call[] {
  return [...(calls ?? [])].sort((a, b) => a.order - b.order);
}
