import type { CallBatch, CallEnd, CallEvent, CalledAgent } from "agentscope-distributed/studio";

/** The longest text of an error that is kept, in characters. */
const errorLength = 2000;
/** The most inputs of a call that are kept. */
const mostInputs = 1000;

/** What a batch tells of one call, with names in place of its indexes. */
export type ToldCall = { id: string; atMs: number } & (
  | { kind: "made"; agent: CalledAgent; method: string; inputs: string[]; turnOf?: string; at?: string }
  | { kind: "arrived"; agent: CalledAgent; method: string }
  | { kind: "begun" }
  | { kind: "ended"; end: CallEnd }
);

/** The events of a batch. What does not have the form that it should have is left out: it comes from another process. */
export function toldCalls(batch: CallBatch): ToldCall[] {
  if (!Array.isArray(batch?.events) || !Array.isArray(batch.callers) || !Array.isArray(batch.agents)) return [];
  return batch.events.flatMap((event) => toldCall(batch, event) ?? []);
}

function toldCall({ callers, agents }: CallBatch, event: CallEvent): ToldCall | undefined {
  if (!Array.isArray(event)) return undefined;
  const [kind, callerIndex, seq, atMs] = event;
  const caller = callers[callerIndex];
  if (typeof caller !== "string" || !Number.isFinite(seq) || !Number.isFinite(atMs)) return undefined;
  const told = { id: `${caller}/${seq}`, atMs };
  switch (kind) {
    case "made": {
      const [, , , , agentIndex, method, inputs, by] = event;
      const agent = agents[agentIndex];
      if (!isAgent(agent) || typeof method !== "string" || !Array.isArray(inputs)) return undefined;
      const given = inputs.filter((input) => typeof input === "string").slice(0, mostInputs);
      const origin = { ...(isText(by?.turnOf) && { turnOf: by.turnOf }), ...(isText(by?.at) && { at: by.at }) };
      return { ...told, kind, agent, method, inputs: given, ...origin };
    }
    case "arrived": {
      const [, , , , agentIndex, method] = event;
      const agent = agents[agentIndex];
      return isAgent(agent) && typeof method === "string" ? { ...told, kind, agent, method } : undefined;
    }
    case "begun":
      return { ...told, kind };
    case "ended": {
      const end = checkedEnd(event[4]);
      return end && { ...told, kind, end };
    }
    default:
      return undefined;
  }
}

function checkedEnd(end: CallEnd | undefined): CallEnd | undefined {
  switch (end?.outcome) {
    case "ready":
      return Number.isFinite(end.sizeBytes) ? { outcome: "ready", sizeBytes: end.sizeBytes! } : { outcome: "ready" };
    case "failed":
    case "expired":
    case "lost":
      return {
        outcome: end.outcome,
        error: textOf(end.error).slice(0, errorLength),
        ...(isText(end.thrownAt) && { thrownAt: end.thrownAt.slice(0, errorLength) }),
      };
    default:
      return undefined;
  }
}

function isAgent(agent: CalledAgent | undefined): agent is CalledAgent {
  return isText(agent?.agentId) && isText(agent.name) && isText(agent.className) && isText(agent.server);
}

function textOf(value: unknown): string {
  return isText(value) ? value : "";
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
