import type { ResourceSample } from "../../protocol/index.js";
import type { Servers } from "../../servers/servers.js";
import type { OpenView } from "../view.js";

/** Which servers, and from when on; default: all, and the last hour. */
export interface ResourcesWanted {
  serverIds?: readonly string[];
  sinceMs?: number;
}

/** Samples of servers: the last ones first, then what has come since it was last sent. */
export function resourcesView(servers: Servers, { serverIds, sinceMs }: ResourcesWanted): OpenView {
  const isWanted = serverIds === undefined ? () => true : (id: string) => serverIds.includes(id);
  return (changed) => {
    let isFirst = true;
    const sampled = new Set<string>();
    /** When the last sample that was sent was taken. */
    const sentUpTo = new Map<string, number>();
    const removals = [
      servers.sampled.on(({ serverId }) => {
        if (!isWanted(serverId)) return;
        sampled.add(serverId);
        changed();
      }),
      servers.changed.on((serverId) => {
        if (servers.row(serverId) === undefined) sentUpTo.delete(serverId);
      }),
    ];
    const newOf = (serverId: string): ResourceSample[] => {
      const since = sentUpTo.get(serverId) ?? sinceMs;
      const samples = servers.history(serverId, since).filter(({ atMs }) => since === undefined || atMs > since);
      const last = samples.at(-1);
      if (last !== undefined) sentUpTo.set(serverId, last.atMs);
      return samples;
    };
    return {
      next: () => {
        const snapshot = isFirst;
        isFirst = false;
        const known = servers.rows().map(({ serverId }) => serverId);
        const ids = known.filter((id) => (snapshot ? isWanted(id) : sampled.has(id)));
        sampled.clear();
        const series = Object.fromEntries(ids.map((id) => [id, newOf(id)]));
        return { kind: "resources", snapshot, series };
      },
      [Symbol.dispose]: () => {
        for (const remove of removals) remove();
      },
    };
  };
}
