import type { StreamEvent } from "../../protocol/index.js";
import type { Servers } from "../../servers/servers.js";
import type { OpenView } from "../view.js";

/** The most messages that are sent at a time: the newest. */
const mostMessages = 200;

/** An agent's memory as it grows. */
export function memoryView(servers: Servers, agent: { serverId: string; agentId: string }): OpenView {
  return (changed) => {
    /** How many messages were sent or passed over; undefined: what was shown is no longer true. */
    let shown: number | undefined;
    let generation: number | undefined;
    const stopWatching = servers.watchMemory(agent.serverId, agent.agentId);
    const removals = [
      stopWatching,
      servers.memoryChanged.on((change) => {
        if (change.serverId !== agent.serverId || change.agentId !== agent.agentId) return;
        if (generation !== undefined && change.generation !== generation) shown = undefined;
        generation = change.generation;
        changed();
      }),
      // One that comes back may remember something else.
      servers.changed.on((serverId) => {
        if (serverId === agent.serverId) changed();
      }),
    ];
    const page = (offset: number) => servers.memory({ ...agent, offset, limit: mostMessages });
    const next = async (): Promise<StreamEvent | undefined> => {
      const from = shown;
      let { total, offset, rows } = await page(from ?? 0);
      const isBehind = total > offset + rows.length;
      const isLess = from !== undefined && total < from;
      const snapshot = from === undefined || isBehind || isLess;
      if (isBehind || isLess) ({ total, offset, rows } = await page(Math.max(0, total - mostMessages)));
      // Reset meanwhile: the next look begins anew.
      if (shown === from) shown = offset + rows.length;
      if (!snapshot && rows.length === 0) return undefined;
      return { kind: "memory", snapshot, total, offset, messages: rows };
    };
    return {
      next,
      [Symbol.dispose]: () => {
        for (const remove of removals) remove();
      },
    };
  };
}
