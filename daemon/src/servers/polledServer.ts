import type { Msg, RpcAgentClient } from "agentscope-distributed";
import type { AgentState, MemoryPage, MemoryRequest, MessageRecord } from "agentscope-distributed/studio";
import { StudioError } from "../errors.js";
import type { MemoryChange, ServerLink } from "./serverLink.js";

/** A memory may be large. */
const memoryMs = 30_000;

/** What is asked of a server by AgentScope 0.1's management service, when a person wants it; what it tells is asked by ServerPoll. */
export class PolledServer implements ServerLink {
  private readonly watched = new Map<string, WatchedMemory>();

  /** @param agentsChanged is told that the list of agents is another now. */
  constructor(
    private readonly client: RpcAgentClient,
    private readonly agentsChanged: () => Promise<void>,
  ) {}

  /** Memories that are watched and have changed since this was asked last. */
  async changedMemories(): Promise<MemoryChange[]> {
    const changes: MemoryChange[] = [];
    for (const [agentId, memory] of this.watched) {
      try {
        const change = memory.take(await this.messages(agentId));
        if (change !== undefined) changes.push({ agentId, ...change });
      } catch {
        // The agent is gone, which the next list tells, or the server is, which the next question does.
      }
    }
    return changes;
  }

  /** Such servers do not tell what their agents do. */
  async states(agentIds: string[]): Promise<AgentState[]> {
    return agentIds.map((agentId) => ({ agentId, state: "unknown", queueLength: 0 }));
  }

  async memory({ agentId, offset, limit }: MemoryRequest): Promise<MemoryPage> {
    const messages = await this.messages(agentId);
    const memory = this.watched.get(agentId) ?? new WatchedMemory();
    memory.take(messages);
    const page = messages.slice(offset, offset + limit).map(recordOf);
    return { total: messages.length, generation: memory.generation, messages: page };
  }

  async watchMemory(agentId: string, on: boolean): Promise<void> {
    if (!on) this.watched.delete(agentId);
    else if (!this.watched.has(agentId)) this.watched.set(agentId, new WatchedMemory());
  }

  deleteAgent(agentId: string): Promise<boolean> {
    return this.changing(() => this.client.deleteAgent(agentId));
  }

  async deleteAllAgents(): Promise<void> {
    if (!(await this.changing(() => this.client.deleteAllAgent())))
      throw StudioError.refused("the server refuses to delete its agents");
  }

  cloneAgent(agentId: string): Promise<string> {
    return this.changing(() => this.client.cloneAgent(agentId));
  }

  async setModelConfigs(configs: Record<string, unknown>[]): Promise<void> {
    if (!(await asked(() => this.client.setModelConfigs(configs))))
      throw StudioError.refused("the server does not take these model configs; its log says why");
  }

  async addClasses(): Promise<void> {
    throw StudioError.refused("classes can be added to servers that the daemon started, and to no others");
  }

  stop(): Promise<void> {
    return asked(() => this.client.stop());
  }

  /** Nothing ends with it: the client is asked on, until the server answers again. */
  [Symbol.dispose](): void {
    this.watched.clear();
  }

  private messages(agentId: string): Promise<Msg[]> {
    return asked(() => this.client.getAgentMemory(agentId, { timeoutMs: memoryMs }));
  }

  private async changing<T>(change: () => Promise<T>): Promise<T> {
    const result = await asked(change);
    await this.agentsChanged();
    return result;
  }
}

/** Tells whether a memory has grown, or is another one. */
class WatchedMemory {
  generation = 0;
  private ids: string[] = [];

  take(messages: readonly Msg[]): Omit<MemoryChange, "agentId"> | undefined {
    const before = this.ids;
    this.ids = messages.map(({ id }) => id);
    const hasGrown = before.every((id, index) => this.ids[index] === id);
    if (hasGrown && before.length === this.ids.length) return undefined;
    if (!hasGrown) this.generation += 1;
    return { total: this.ids.length, generation: this.generation };
  }
}

async function asked<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code === "AGENT_NOT_FOUND" || code === "INVALID_ARGUMENT") throw StudioError.refused(message, error);
    throw StudioError.unreachable(message, error);
  }
}

function recordOf({ id, name, role, content, url, metadata, timestamp }: Msg): MessageRecord {
  return {
    id,
    name,
    role,
    content,
    ...(url != null && { url }),
    ...(metadata != null && { metadata }),
    timestamp,
  };
}
