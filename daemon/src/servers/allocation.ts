import type { Allocation, AllocationItem } from "agentscope-distributed/studio";

/** A server, as far as it counts for where agents are put. */
export interface Candidate {
  serverId: string;
  host: string;
  port: number;
  token?: string;
  /** Agents that live there. */
  agents: number;
  cpuPercent: number;
}

/** Agents that were sent to a server are not there at once: counted until they are, or do not come. In milliseconds. */
const pendingMs = 10_000;

/** Puts agents on servers, the least loaded first: agents that are there, and those that were sent there and are on their way. */
export class Allocator {
  private readonly pending = new Map<string, { count: number; atMs: number }[]>();

  /** @param now milliseconds. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  load({ serverId, agents }: Pick<Candidate, "serverId" | "agents">): number {
    return agents + this.onTheWay(serverId);
  }

  /** How many are on their way to a server. */
  onTheWay(serverId: string): number {
    const sent = this.pending.get(serverId)?.filter(({ atMs }) => this.now() - atMs < pendingMs) ?? [];
    if (sent.length === 0) this.pending.delete(serverId);
    else this.pending.set(serverId, sent);
    return sent.reduce((sum, { count }) => sum + count, 0);
  }

  /** Agents have come to a server: those that were sent first, as far as is known. */
  arrived(serverId: string, count: number): void {
    let left = count;
    const sent = this.pending.get(serverId) ?? [];
    for (const one of sent) {
      const taken = Math.min(left, one.count);
      one.count -= taken;
      left -= taken;
    }
    const due = sent.filter((one) => one.count > 0);
    if (due.length === 0) this.pending.delete(serverId);
    else this.pending.set(serverId, due);
  }

  /** The server is not there any more. */
  forget(serverId: string): void {
    this.pending.delete(serverId);
  }

  /** A server for each item, in its order; `candidatesOf` gives those that can have it, or why there is none. */
  place(
    items: readonly AllocationItem[],
    candidatesOf: (item: AllocationItem) => { candidates: readonly Candidate[]; reason: string },
  ): Allocation[] {
    const groups = new Map<string, ReturnType<typeof candidatesOf>>();
    const loads = new Map<string, number>();
    const sent = new Map<string, number>();
    const places = items.map((item): Allocation => {
      const key = `${item.builtIn} ${item.className} ${item.module ?? ""} ${item.server ?? ""}`;
      let group = groups.get(key);
      if (group === undefined) groups.set(key, (group = candidatesOf(item)));
      const { candidates, reason } = group;
      const loadOf = (one: Candidate) => {
        let load = loads.get(one.serverId);
        if (load === undefined) loads.set(one.serverId, (load = this.load(one)));
        return load;
      };
      const [first] = candidates;
      if (first === undefined) return { kind: "child", reason };
      const best = candidates.reduce((a, b) => {
        const difference = loadOf(a) - loadOf(b);
        return difference < 0 || (difference === 0 && a.cpuPercent <= b.cpuPercent) ? a : b;
      }, first);
      const { serverId, host, port, token } = best;
      loads.set(serverId, loadOf(best) + 1);
      sent.set(serverId, (sent.get(serverId) ?? 0) + 1);
      return { kind: "server", serverId, host, port, ...(token !== undefined && { token }) };
    });
    for (const [serverId, count] of sent) {
      const before = this.pending.get(serverId) ?? [];
      this.pending.set(serverId, [...before, { count, atMs: this.now() }]);
    }
    return places;
  }
}
