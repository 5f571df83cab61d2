import type { RunRow, ServerRow } from "agentscope-distributed-daemon/protocol";
import { useEffect, useState } from "preact/hooks";
import type { Daemon } from "../daemon/daemon.js";

/** Servers and runs, as the daemon has them now. */
export interface Tree {
  servers: ReadonlyMap<string, ServerRow>;
  runs: ReadonlyMap<string, RunRow>;
}

/** Undefined until the daemon has told it. */
export function useTree(daemon: Daemon): Tree | undefined {
  const [tree, setTree] = useState<Tree>();
  useEffect(
    () =>
      daemon.follow({ topic: "tree" }, (event) => {
        if (event.kind !== "tree") return;
        setTree((before) => {
          const servers = new Map(event.snapshot ? [] : before?.servers);
          const runs = new Map(event.snapshot ? [] : before?.runs);
          for (const row of event.servers) servers.set(row.serverId, row);
          for (const serverId of event.goneServers) servers.delete(serverId);
          for (const row of event.runs) runs.set(row.runId, row);
          for (const runId of event.goneRuns) runs.delete(runId);
          return { servers, runs };
        });
      }),
    [daemon],
  );
  return tree;
}

export function isAlive({ state }: ServerRow): boolean {
  return state === "starting" || state === "ready" || state === "busy";
}
