import type { AgentChanges } from "agentscope-distributed/studio";
import type { AgentRow, Page } from "../protocol/model.js";
import { type AgentEntry, AgentTable } from "./agentTable.js";

export interface AgentQuery {
  offset: number;
  limit: number;
  /** Default: all servers. */
  serverId?: string;
  /** Default: of all runs, and of none. */
  runId?: string;
  /** Part of a name or class in any case, or of an id. */
  filter?: string;
}

export interface AgentIndexOptions {
  /** The run whose script a process is, where that is known. */
  runOf: (instance: string) => string | undefined;
  /** How many lost agents are kept, of all servers together; beyond it the oldest of the server that lost most go. Default 50,000. */
  maxLost?: number;
}

/** The agents of all servers. */
export class AgentIndex {
  private readonly tables = new Map<string, AgentTable>();
  private readonly runOf: AgentIndexOptions["runOf"];
  private readonly maxLost: number;

  constructor({ runOf, maxLost = 50_000 }: AgentIndexOptions) {
    this.runOf = runOf;
    this.maxLost = maxLost;
  }

  /** How many live on a server. */
  size(serverId: string): number {
    return this.tables.get(serverId)?.size ?? 0;
  }

  /** @returns how many agents came that were not there before. */
  take(serverId: string, changes: AgentChanges): number {
    let table = this.tables.get(serverId);
    if (table === undefined) this.tables.set(serverId, (table = new AgentTable()));
    return table.take(changes);
  }

  /** The process of a server is gone, and its agents with it. @returns how many. */
  lose(serverId: string): number {
    const table = this.tables.get(serverId);
    if (table === undefined) return 0;
    const count = table.size;
    table.lose();
    this.keepWithinLimit();
    return count;
  }

  /** @returns whether there was a lost agent with the id: the person has seen that it is lost. */
  forgetLost(serverId: string, agentId: string): boolean {
    return this.tables.get(serverId)?.forgetLost(agentId) ?? false;
  }

  /** @returns how many lost agents of the server there were. */
  forgetAllLost(serverId: string): number {
    return this.tables.get(serverId)?.dropLost(Number.POSITIVE_INFINITY) ?? 0;
  }

  remove(serverId: string): void {
    this.tables.delete(serverId);
  }

  find(serverId: string, agentId: string): AgentRow | undefined {
    const found = this.tables.get(serverId)?.find(agentId);
    return found && row(serverId, found.entry, { runId: this.runOf(found.entry.maker), lost: found.lost });
  }

  /** In the order in which they were made, server by server; the lost of a server after its living. */
  list({ offset, limit, serverId, runId, filter }: AgentQuery): Page<AgentRow> {
    const rows: AgentRow[] = [];
    const end = offset + limit;
    const runs = this.runLookup();
    const matches = matcher(filter, runId === undefined ? undefined : (entry) => runs(entry.maker) === runId);
    let total = 0;
    for (const [server, table] of this.chosen(serverId)) {
      for (const { entries, lost } of table.parts()) {
        const isWanted = total < end && total + entries.size > offset;
        if (matches === undefined && !isWanted) {
          // A page of 200,000 agents is not paid by all that lie before and after it.
          total += entries.size;
          continue;
        }
        for (const entry of entries.values()) {
          if (matches !== undefined && !matches(entry)) continue;
          if (total >= offset && total < end) rows.push(row(server, entry, { runId: runs(entry.maker), lost }));
          total += 1;
        }
      }
    }
    return { total, offset, rows };
  }

  /** The living, by the instance of the process that made them. */
  countByMaker(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const table of this.tables.values()) {
      for (const [maker, count] of table.countByMaker) counts.set(maker, (counts.get(maker) ?? 0) + count);
    }
    return counts;
  }

  /** How many of a class live. */
  countOfClass(className: string): number {
    let count = 0;
    for (const table of this.tables.values()) {
      for (const { entries, lost } of table.parts()) {
        if (lost) continue;
        for (const entry of entries.values()) if (entry.className === className) count += 1;
      }
    }
    return count;
  }

  private chosen(serverId: string | undefined): Iterable<[string, AgentTable]> {
    if (serverId === undefined) return this.tables;
    const table = this.tables.get(serverId);
    return table === undefined ? [] : [[serverId, table]];
  }

  /** Asks once for agents in a row that have the same maker, as most have. */
  private runLookup(): (instance: string) => string | undefined {
    return lastKept((instance) => this.runOf(instance));
  }

  private keepWithinLimit(): void {
    let excess = [...this.tables.values()].reduce((sum, table) => sum + table.lostSize, 0) - this.maxLost;
    while (excess > 0) {
      const largest = [...this.tables.values()].reduce((a, b) => (b.lostSize > a.lostSize ? b : a));
      excess -= largest.dropLost(excess);
    }
  }
}

/** Undefined: all match. */
function matcher(
  filter: string | undefined,
  first: ((entry: AgentEntry) => boolean) | undefined,
): ((entry: AgentEntry) => boolean) | undefined {
  if (filter === undefined || filter === "") return first;
  const folded = filter.toLowerCase();
  let className: string | undefined;
  let isClass = false;
  // One function, and no pattern: with several, or with a pattern, the first search takes several times as long.
  return (entry) => {
    if (first !== undefined && !first(entry)) return false;
    if (entry.className !== className) {
      className = entry.className;
      isClass = className.toLowerCase().includes(folded);
    }
    return isClass || entry.foldedName.includes(folded) || entry.agentId.includes(filter);
  };
}

/** Answers from memory while it is asked for the same: agents in a row share one string, and comparing that costs less than a map. */
function lastKept<T>(answer: (text: string) => T): (text: string) => T {
  let last: { text: string; value: T } | undefined;
  return (text) => {
    if (last === undefined || last.text !== text) last = { text, value: answer(text) };
    return last.value;
  };
}

function row(
  serverId: string,
  { agentId, name, className }: AgentEntry,
  { runId, lost }: { runId: string | undefined; lost: boolean },
): AgentRow {
  return { agentId, serverId, name, className, ...(runId !== undefined && { runId }), lost };
}
