import { setImmediate as nextTurn } from "node:timers/promises";
import { AgentScopeError } from "../errors.js";
import { Msg, type MsgRecord } from "../messages/msg.js";
import type { TemporaryMemory } from "../messages/temporaryMemory.js";
import { addModelConfigs } from "../models/modelConfigs.js";
import { settings } from "../orchestration/settings.js";
import type { AgentHost } from "../runtime/agentHost.js";
import type { HostedAgent } from "../runtime/hostedAgent.js";
import type { WorkerRequest } from "./workerMessages.js";

/** Does what the I/O thread asks of a worker. */
export async function answerRequest(host: AgentHost, request: WorkerRequest): Promise<unknown> {
  switch (request.kind) {
    case "ping":
      // After the reports of agents that were made before (agentReports.ts): what was reported is known once this is answered.
      return nextTurn();
    case "delete":
      return host.delete(request.agentId);
    case "deleteAll":
    case "stop":
      return host.deleteAll();
    case "clone":
      return clone(host, request.agentId, request.newId);
    case "thumbnails":
      return [...host.agents.values()].map(thumbnail);
    case "memory":
      return memoryOf(host, request.agentId);
    case "modelConfigs":
      settings.modelConfigs = addModelConfigs(settings.modelConfigs, request.configs);
      return undefined;
  }
}

async function clone(host: AgentHost, agentId: string, newId: string): Promise<void> {
  const copy = host.create({ ...agentOf(host, agentId).spec, id: newId });
  await new Promise<void>((resolve, reject) => {
    copy.whenCreated((error) => (error === undefined ? resolve() : reject(error)));
  });
}

function agentOf(host: AgentHost, agentId: string): HostedAgent {
  const agent = host.agents.get(agentId);
  if (agent === undefined) throw new AgentScopeError("AGENT_NOT_FOUND", `there is no agent with the id ${agentId}`);
  return agent;
}

function thumbnail({ instance, id, name, className }: HostedAgent): string {
  const plain = JSON.stringify({ name, type: className, sys_prompt: null, agent_id: id, model: null });
  if (instance === undefined) return plain;
  try {
    const own = (instance as { toString(): string }).toString();
    JSON.parse(own);
    return own;
  } catch {
    // A class may have its own idea of toString; lists need JSON.
    return plain;
  }
}

/** The messages that an agent remembers, as records that can be handed to another thread. */
function memoryOf(host: AgentHost, agentId: string): object[] {
  const { instance } = agentOf(host, agentId);
  const { memory } = (instance ?? {}) as { memory?: TemporaryMemory };
  return (memory?.get() ?? []).map(({ id, name, role, content, url, metadata, timestamp }) => ({
    id,
    name,
    role,
    content: portable(content),
    url: portable(url),
    metadata: portable(metadata),
    timestamp,
  }));
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
