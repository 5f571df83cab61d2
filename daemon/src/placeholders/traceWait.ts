import type { WaitStep } from "../protocol/index.js";
import { type Call, stateOf } from "./call.js";
import type { OpenCalls } from "./openCalls.js";

/** The longest chain that is told, in steps. */
const longest = 200;

/** What a trace looks into. */
export interface WaitSources {
  call: (id: string) => Call | undefined;
  open: OpenCalls;
  /** What the agent of a call that runs asks a person, if it does. */
  question: (call: Call) => string | undefined;
}

/**
 * The chain that holds up a call, from the call itself to what runs, can run, or is gone. Each step names its reason; of several, the
 * one that is followed is named first. Empty: the call has ended well.
 */
export function traceWait(start: Call, sources: WaitSources): WaitStep[] {
  if (start.end?.outcome === "ready") return [];
  const steps: WaitStep[] = [];
  const seen = new Set<Call>();
  let call: Call | undefined = start;
  while (call !== undefined && steps.length < longest) {
    if (seen.has(call)) {
      steps.push(step(call, sources, `${name(call)} is waited for by itself: the chain is a circle`));
      break;
    }
    seen.add(call);
    const { because, next } = reason(call, sources);
    steps.push(step(call, sources, because));
    call = next;
  }
  return steps;
}

interface Reason {
  because: string;
  next?: Call;
}

function reason(call: Call, sources: WaitSources): Reason {
  if (call.end !== undefined) return { because: endedBecause(call) };
  if (call.begunAtMs !== undefined) return runningBecause(call, sources);
  const open = call.inputs.flatMap((id) => openInput(id, sources));
  const [input] = open;
  if (input !== undefined) {
    const more = open.length > 1 ? ` and of ${counted(open.length - 1, "other call")}` : "";
    return { because: `${name(call)} waits for the result of ${name(input)}${more}`, next: input };
  }
  return queuedBecause(call, sources);
}

function openInput(id: string, sources: WaitSources): Call[] {
  const input = sources.call(id);
  return input !== undefined && input.end === undefined ? [input] : [];
}

function runningBecause(call: Call, sources: WaitSources): Reason {
  const turn = `${name(call)}: its turn has run for ${sinceText(call.begunAtMs ?? 0)}`;
  const question = sources.question(call);
  if (question !== undefined) return { because: `${turn}; ${asking(question)}` };
  const asked = sources.open.madeIn(call.id);
  const [next] = asked;
  if (next === undefined) return { because: turn };
  // A process that passes a call on to where the agent lives stands for the agent.
  if (next.agent.agentId === call.agent.agentId) {
    return { because: `${name(call)} is reached through the ${call.agent.server}`, next };
  }
  const more = asked.length > 1 ? ` and ${counted(asked.length - 1, "other call")}` : "";
  return { because: `${turn}; it has called ${name(next)}${more} and has no result yet`, next };
}

function queuedBecause(call: Call, sources: WaitSources): Reason {
  const ahead = sources.open.ahead(call, (other) => other.inputs.some((id) => openInput(id, sources).length > 0));
  const next = ahead.find((other) => other.begunAtMs !== undefined) ?? ahead[0];
  if (next !== undefined) {
    return { because: `${name(call)} is queued behind ${counted(ahead.length, "call")} of ${name(call)}`, next };
  }
  const unknown = call.inputs.filter((id) => sources.call(id) === undefined).length;
  if (unknown > 0) {
    return {
      because: `${name(call)} can run when ${counted(unknown, "result")} that the daemon was not told of ${unknown > 1 ? "are" : "is"} ready`,
    };
  }
  // An agent that asks has begun, whether or not its server has told of it.
  const question = sources.question(call);
  if (question !== undefined) return { because: `${name(call)}: ${asking(question)}` };
  if (call.arrivedAtMs === undefined)
    return { because: `${name(call)}: the call is on its way to ${call.agent.server}, which has not told of it yet` };
  return { because: `${name(call)}: nothing holds it up, its turn comes next` };
}

function asking(question: string): string {
  const what = question.trim() === "" ? "" : `: ${JSON.stringify(question)}`;
  return `it waits for what the person answers${what} (as-studio answer)`;
}

function endedBecause({ agent, end }: Call): string {
  if (end === undefined || end.outcome === "ready") return `${agent.name}: the result is ready`;
  switch (end.outcome) {
    case "failed":
      return `${agent.name} has failed: ${end.error}`;
    case "expired":
      return `the result of ${agent.name} was dropped before it was read: ${end.error}`;
    case "lost":
      return `the result of ${agent.name} will not come: ${end.error}`;
  }
}

function step(call: Call, sources: WaitSources, because: string): WaitStep {
  const state = stateOf(call, (id) => openInput(id, sources).length > 0);
  return { placeholderId: call.id, agent: call.agent.name, server: call.agent.server, state, because };
}

function name(call: Call): string {
  return call.agent.name;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** How long ago a moment was, as a person says it. */
function sinceText(atMs: number): string {
  const ms = Math.max(0, Date.now() - atMs);
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}
