import type { MemoryRequest, MessageRecord } from "agentscope-distributed/studio";
import { StudioError } from "../errors.js";
import type { LogBook } from "../log/logBook.js";
import type { AgentRow, AgentState, Page } from "../protocol/model.js";
import type { AgentQuery } from "./agentIndex.js";
import type { ServerEntry } from "./serverEntry.js";
import type { ServerTable } from "./serverTable.js";

export interface MemoryQuery extends MemoryRequest {
  serverId: string;
}

/** What people ask of the agents of servers. */
export class ServerAgents {
  /** How many watch a memory: by server, then by agent. */
  private readonly watched = new Map<string, Map<string, number>>();

  constructor(private readonly parts: { table: ServerTable; log: LogBook }) {
    const { table } = parts;
    // A new connection knows nothing of what was watched over the last one.
    table.attached.on((entry) => {
      for (const agentId of this.watched.get(entry.serverId)?.keys() ?? []) this.tellWatched(entry, agentId);
    });
    table.removed.on((serverId) => this.watched.delete(serverId));
  }

  /** @param states whether to ask servers what each agent of the page does. */
  async list({ states = false, ...query }: AgentQuery & { states?: boolean }): Promise<Page<AgentRow>> {
    const { table } = this.parts;
    if (query.serverId !== undefined) table.get(query.serverId);
    const page = table.agents.list(query);
    if (states) await this.addStates(page.rows);
    return page;
  }

  /** A lost agent is taken from the list: it was seen. */
  async delete(serverId: string, agentId: string): Promise<void> {
    const { table } = this.parts;
    const entry = table.get(serverId);
    if (table.agents.forgetLost(serverId, agentId)) return table.agentsChanged.emit(serverId);
    if (!(await entry.link.deleteAgent(agentId))) throw StudioError.notFound("agent", agentId);
    // The server tells of it, too; who asked sees it gone at once.
    table.eventsOf(entry, () => entry.link).agents({ made: [], deleted: [agentId] });
  }

  /** The lost ones, too. */
  async deleteAll(serverId: string): Promise<void> {
    const { table } = this.parts;
    const entry = table.get(serverId);
    const lost = table.agents.forgetAllLost(serverId);
    if (lost > 0) table.agentsChanged.emit(serverId);
    if (lost > 0 && !entry.isAttached) return;
    await entry.link.deleteAllAgents();
    table.eventsOf(entry, () => entry.link).agents({ all: true, made: [], deleted: [] });
  }

  async clone(serverId: string, agentId: string): Promise<AgentRow> {
    const { table } = this.parts;
    const entry = table.get(serverId);
    const original = table.agents.find(serverId, agentId);
    if (original === undefined || original.lost) throw StudioError.notFound("agent", agentId);
    const cloned = await entry.link.cloneAgent(agentId);
    const row = table.agents.find(serverId, cloned);
    return row ?? { ...original, agentId: cloned };
  }

  async memory({ serverId, ...request }: MemoryQuery): Promise<Page<MessageRecord>> {
    const { total, messages } = await this.parts.table.get(serverId).link.memory(request);
    return { total, offset: request.offset, rows: messages };
  }

  /** From now on changes of the memory are told; gives what ends that. */
  watchMemory(serverId: string, agentId: string): () => void {
    const entry = this.parts.table.get(serverId);
    let agents = this.watched.get(serverId);
    if (agents === undefined) this.watched.set(serverId, (agents = new Map()));
    const count = agents.get(agentId) ?? 0;
    agents.set(agentId, count + 1);
    if (count === 0) this.tellWatched(entry, agentId);
    let isLeft = false;
    return () => {
      if (!isLeft) this.leaveMemory(entry, agentId);
      isLeft = true;
    };
  }

  private leaveMemory(entry: ServerEntry, agentId: string): void {
    const agents = this.watched.get(entry.serverId);
    const count = agents?.get(agentId) ?? 0;
    if (count > 1) agents?.set(agentId, count - 1);
    else {
      agents?.delete(agentId);
      if (agents?.size === 0) this.watched.delete(entry.serverId);
      if (count === 1) this.tellWatched(entry, agentId, false);
    }
  }

  private tellWatched(entry: ServerEntry, agentId: string, on = true): void {
    if (!entry.isAttached) return;
    entry.link.watchMemory(agentId, on).catch((error: unknown) => {
      // A server that is gone meanwhile is told anew when it comes back.
      if (on && entry.isAttached) {
        const why = StudioError.from(error).message;
        this.parts.log.write("warning", entry.serverId, `the memory of ${agentId} can't be watched: ${why}`);
      }
    });
  }

  private async addStates(rows: AgentRow[]): Promise<void> {
    const byServer = new Map<string, AgentRow[]>();
    for (const row of rows) {
      if (row.lost) continue;
      const group = byServer.get(row.serverId) ?? [];
      group.push(row);
      byServer.set(row.serverId, group);
    }
    await Promise.all([...byServer].map(([serverId, group]) => this.addStatesOf(serverId, group)));
  }

  private async addStatesOf(serverId: string, rows: AgentRow[]): Promise<void> {
    const entry = this.parts.table.find(serverId);
    if (entry?.isAlive !== true) return;
    const asked = entry.link.states(rows.map(({ agentId }) => agentId));
    // A page without states is better than none.
    const states = await asked.catch((): AgentState[] => []);
    const byId = new Map(states.map((state) => [state.agentId, state]));
    for (const row of rows) {
      const state = byId.get(row.agentId);
      if (state !== undefined) row.state = state;
    }
  }
}
