import type { ServerRow, StreamEvent } from "agentscope-distributed-daemon/protocol";

type TreeEvent = Extract<StreamEvent, { kind: "tree" }>;

/** A server as charts name it. */
export interface ShownServer {
  serverId: string;
  name: string;
  state: ServerRow["state"];
  isThere: boolean;
}

/** The rows of servers that a tree event leaves. */
export function rowsAfter(rows: ReadonlyMap<string, ServerRow>, event: TreeEvent): ReadonlyMap<string, ServerRow> {
  const next = new Map(event.snapshot ? [] : rows);
  for (const row of event.servers) next.set(row.serverId, row);
  for (const serverId of event.goneServers) next.delete(serverId);
  return next;
}

export function shownServers(rows: ReadonlyMap<string, ServerRow>): ShownServer[] {
  return [...rows.values()].map((row) => ({
    serverId: row.serverId,
    name: serverName(row),
    state: row.state,
    isThere: row.state === "starting" || row.state === "ready" || row.state === "busy",
  }));
}

/** By its address; a server without one, or that was given a name, by its id. */
export function serverName({ host, port, serverId }: Pick<ServerRow, "host" | "port" | "serverId">): string {
  return port > 0 ? `${host.includes(":") ? `[${host}]` : host}:${port}` : serverId;
}
