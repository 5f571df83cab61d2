import type { CallResult } from "../messages/callResult.js";
import type { AgentHost } from "../runtime/agentHost.js";
import { ForeignResult } from "../runtime/foreignResult.js";
import { ForwardedResult } from "../runtime/forwardedResult.js";
import type { HostedAgent } from "../runtime/hostedAgent.js";
import { LocalResult } from "../runtime/localResult.js";
import { RemoteAgent } from "../runtime/remoteAgent.js";
import type { AgentState } from "../studio/protocol.js";
import { agentThumbnail } from "./agentThumbnail.js";

/** So many agents are named that one waits for. */
const maxNamed = 20;

/** What agents of a thread do; ids that it does not know are left out. */
export function agentStates(
  host: AgentHost,
  agentIds: readonly string[],
  classes: { moduleOf(agent: HostedAgent): string | undefined },
): AgentState[] {
  return agentIds.flatMap((id) => {
    const agent = host.find(id);
    return agent === undefined ? [] : [stateOf(agent, classes.moduleOf(agent))];
  });
}

function stateOf(agent: HostedAgent, module: string | undefined): AgentState {
  const { id, running, mailbox, instance } = agent;
  const waitsFor = running === undefined ? (mailbox?.first?.inputs() ?? []) : [...(running.awaiting ?? [])];
  const names = [...new Set(waitsFor.map(awaitedAgent))].slice(0, maxNamed);
  const error = creationError(agent);
  const state: AgentState = {
    agentId: id,
    state: error !== undefined ? "failed" : activityOf(agent, waitsFor.length > 0),
    queueLength: mailbox?.size ?? 0,
  };
  if (running !== undefined) state.runningSinceMs = Math.round(Date.now() - (performance.now() - running.since));
  if (names.length > 0) state.waitingFor = names;
  if (error !== undefined) state.error = error;
  if (module !== undefined) state.module = module;
  if (instance !== undefined) state.thumbnail = agentThumbnail(agent);
  return state;
}

function activityOf(agent: HostedAgent, waits: boolean): AgentState["state"] {
  if (agent.isBeingMade) return "creating";
  if (waits) return "waiting";
  return agent.running === undefined ? "idle" : "running";
}

function creationError(agent: HostedAgent): string | undefined {
  let message: string | undefined;
  if (!agent.isBeingMade) agent.whenCreated((error) => (message = error?.rootMessage));
  return message;
}

/** Whose reply it is. */
function awaitedAgent({ source }: CallResult<unknown>): string {
  if (source instanceof RemoteAgent) return source.label.name;
  if (source instanceof LocalResult) return source.task.agent.name;
  if (source instanceof ForwardedResult) return awaitedAgent(source.from);
  if (source instanceof ForeignResult) return `an agent of ${source.reference.address}`;
  return "an agent elsewhere";
}
