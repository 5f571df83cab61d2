import type { AgentRow } from "agentscope-distributed-daemon/protocol";
import { useEffect, useState } from "preact/hooks";
import type { Daemon } from "../daemon/daemon.js";

export const agentsOfPage = 50;

export interface AgentPage {
  rows: readonly AgentRow[];
  total: number;
  /** Why there are none, in a sentence. */
  ended?: string;
}

/** A page of a server's agents, live. Undefined until it has come. */
export function useAgentPage(
  daemon: Daemon,
  { serverId, offset, filter }: { serverId: string; offset: number; filter: string },
): AgentPage | undefined {
  const [page, setPage] = useState<AgentPage>();
  useEffect(() => {
    setPage(undefined);
    const window = { serverId, offset, limit: agentsOfPage, ...(filter !== "" && { filter }) };
    return daemon.follow({ topic: "agents", ...window }, (event) => {
      if (event.kind === "agents") setPage({ rows: event.rows, total: event.total });
      if (event.kind === "ended") setPage({ rows: [], total: 0, ended: event.reason });
    });
  }, [daemon, serverId, offset, filter]);
  return page;
}
