import { setImmediate as nextTurn } from "node:timers/promises";
import { AgentScopeError } from "../errors.js";
import { tellDebugged } from "../link/debugged.js";
import { Msg, type MsgRecord } from "../messages/msg.js";
import { addModelConfigs } from "../models/modelConfigs.js";
import { settings } from "../orchestration/settings.js";
import type { AgentHost } from "../runtime/agentHost.js";
import type { HostedAgent } from "../runtime/hostedAgent.js";
import { flushTelemetry } from "../runtime/tracedCalls.js";
import type { AgentClasses } from "./agentClasses.js";
import { agentStates } from "./agentStates.js";
import { agentThumbnail } from "./agentThumbnail.js";
import { memoryOfAgent, memoryPage } from "./memoryPage.js";
import type { MemoryWatches } from "./memoryWatches.js";
import type { WorkerRequest } from "./workerMessages.js";

/** What a worker works with. */
export interface WorkerParts {
  host: AgentHost;
  classes: AgentClasses;
  memories: MemoryWatches;
}

/** Does what the I/O thread asks of a worker. */
export async function answerRequest(
  { host, classes, memories }: WorkerParts,
  request: WorkerRequest,
): Promise<unknown> {
  switch (request.kind) {
    case "ping":
      if (request.debugged !== undefined) tellDebugged(request.debugged);
      // After the reports of agents that were made before (agentReports.ts): what was reported is known once this is answered.
      return nextTurn();
    case "delete":
      return host.delete(request.agentId);
    case "deleteAll":
      return host.deleteAll();
    case "stop":
      // What agents take too long to dispose of is no reason to send nothing.
      await Promise.all([host.deleteAll({ keepState: request.keepState }), flushTelemetry()]);
      return flushTelemetry();
    case "clone":
      return clone(host, request.agentId, request.newId);
    case "thumbnails":
      return [...host.agents.values()].map(agentThumbnail);
    case "memory":
      return memoryOf(host, request.agentId);
    case "modelConfigs":
      settings.modelConfigs = addModelConfigs(settings.modelConfigs, request.configs);
      return undefined;
    case "states":
      return agentStates(host, request.agentIds, classes);
    case "memoryPage":
      return memoryPage(memoryOfAgent(agentOf(host, request.page.agentId)), request.page);
    case "watchMemory":
      return memories.watch(request.agentId, request.on);
    case "addClasses":
      return classes.add(request.classes);
  }
}

async function clone(host: AgentHost, agentId: string, newId: string): Promise<void> {
  const copy = host.create({ ...agentOf(host, agentId).spec, id: newId, recovery: undefined });
  await new Promise<void>((resolve, reject) => {
    copy.whenCreated((error) => (error === undefined ? resolve() : reject(error)));
  });
}

function agentOf(host: AgentHost, agentId: string): HostedAgent {
  const agent = host.agents.get(agentId);
  if (agent === undefined) throw new AgentScopeError("AGENT_NOT_FOUND", `there is no agent with the id ${agentId}`);
  return agent;
}

/** The messages that an agent remembers, as records that can be handed to another thread. */
function memoryOf(host: AgentHost, agentId: string): object[] {
  return (memoryOfAgent(agentOf(host, agentId))?.get() ?? []).map(
    ({ id, name, role, content, url, metadata, timestamp }) => ({
      id,
      name,
      role,
      content: portable(content),
      url: portable(url),
      metadata: portable(metadata),
      timestamp,
    }),
  );
}

/** The value if it can be handed to another thread, else what JSON keeps of it (a placeholder has no value to show). */
function portable(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return typeof value === "function" ? String(value) : value;
  if (value instanceof Msg)
    return { ...(value as MsgRecord), content: portable(value.content), metadata: portable(value.metadata) };
  try {
    return structuredClone(value);
  } catch {
    return JSON.parse(JSON.stringify(value)) as unknown;
  }
}
