import { RpcAgentClient, type ServerInfo } from "agentscope-distributed";
import { formatAddress, isLoopback } from "agentscope-distributed/studio";
import { StudioError } from "../errors.js";
import type { RemoteServerTable, StoredRemoteServer } from "../store/serverTables.js";
import type { ServerEntry, ServerIdentity } from "./serverEntry.js";
import type { ServerLink } from "./serverLink.js";
import { ServerPoll } from "./serverPoll.js";
import type { ServerTable } from "./serverTable.js";

/** How long a server that is named may take to answer for the first time, in milliseconds. */
const firstAnswerMs = 5000;

export interface ServerAddress {
  host: string;
  port: number;
  token?: string;
}

/** Servers that do not come by themselves: those that a person named, and AgentScope 0.1's, which register themselves by HTTP. */
export class NamedServers implements Disposable {
  private readonly polls = new Map<string, { poll: ServerPoll; at: ServerAddress }>();

  constructor(private readonly parts: { table: ServerTable; store: RemoteServerTable }) {
    parts.table.removed.on((serverId) => this.forget(serverId));
  }

  /**
   * @returns its row; the one that it has, if it is known already.
   * @throws StudioError when no agent server answers there.
   */
  async connect(at: ServerAddress): Promise<ServerEntry> {
    const { table } = this.parts;
    for (const [serverId, { at: known }] of this.polls) {
      if (known.host !== at.host || known.port !== at.port) continue;
      if (at.token === undefined || at.token === known.token) return table.get(serverId);
      table.remove(serverId);
    }
    const info = await firstAnswer(at);
    const told = info.id || formatAddress(at.host, at.port);
    const known = table.find(told);
    // It has come by itself, or by another of its addresses.
    if (known?.isAttached === true && isSameStart(known.identity, info)) return known;
    const serverId = known === undefined ? told : `${told}@${formatAddress(at.host, at.port)}`;
    return this.add({ serverId, ...at });
  }

  /**
   * Takes in a server by the id that it gave.
   *
   * @throws StudioError when the id is another server's that is there, or that the daemon or a person keeps.
   */
  async register(serverId: string, at: ServerAddress): Promise<ServerEntry> {
    const { table } = this.parts;
    const known = table.find(serverId);
    const isAgain = known?.kind === "independent" && known.identity.host === at.host && known.identity.port === at.port;
    // One that a person named, or that the daemon starts again, comes back: nobody takes its place meanwhile.
    const isKept = known?.kind === "remote" || (known?.kind === "managed" && known.shown.state !== "stopped");
    const isGone = known === undefined || ["stopped", "crashed", "unreachable"].includes(known.shown.state);
    const isFree = isAgain || (isGone && !isKept);
    if (!isFree) throw StudioError.refused(`the id ${JSON.stringify(serverId)} is taken: choose another --server-id`);
    table.remove(serverId);
    return this.add({ serverId, ...at, registered: true });
  }

  has(serverId: string): boolean {
    return this.polls.has(serverId);
  }

  forget(serverId: string): void {
    const named = this.polls.get(serverId);
    if (named === undefined) return;
    this.polls.delete(serverId);
    named.poll[Symbol.dispose]();
    this.parts.store.delete(serverId);
  }

  /** Finds those again that an earlier daemon knew. */
  recover(): void {
    const { table, store } = this.parts;
    for (const stored of store.all()) {
      const token = store.token(stored.serverId);
      if (table.find(stored.serverId) === undefined)
        void this.add({ ...stored, ...(token !== undefined && { token }) });
    }
  }

  [Symbol.dispose](): void {
    for (const { poll } of this.polls.values()) poll[Symbol.dispose]();
  }

  private async add(stored: StoredRemoteServer): Promise<ServerEntry> {
    const { table, store } = this.parts;
    const { serverId, host, port, token, registered } = stored;
    const at = { host, port, ...(token !== undefined && { token }) };
    const entry = table.add(serverId, registered === true ? "independent" : "remote", { isTalking: false });
    entry.identity = { ...entry.identity, host, port };
    let link: ServerLink | undefined;
    const events = table.eventsOf(entry, () => link as ServerLink);
    const poll = new ServerPoll(at, {
      ...events,
      answered: (info, answering) => {
        link = answering;
        entry.attach(answering, identityOf(info, at));
        table.noteAttached(entry);
      },
      silent: (why) => {
        if (link !== undefined && entry.isLink(link)) entry.linkEnded(link, why);
        else entry.unreachable(why);
      },
    });
    this.polls.set(serverId, { poll, at });
    store.save(stored);
    await poll.begin();
    return entry;
  }
}

async function firstAnswer(at: ServerAddress): Promise<ServerInfo> {
  await using client = new RpcAgentClient(at);
  try {
    return await client.getServerInfo({ timeoutMs: firstAnswerMs });
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code === "UNAUTHENTICATED") throw StudioError.refused(`give the server's token: ${message}`, error);
    throw StudioError.unreachable(message, error);
  }
}

/** AgentScope 0.1's do not tell; then it is another one, as its address is. */
function isSameStart({ instance }: ServerIdentity, info: ServerInfo): boolean {
  return instance !== "" && instance === info["instance"];
}

/** Servers of this package tell more than AgentScope 0.1's. */
function identityOf(info: ServerInfo, at: ServerAddress): ServerIdentity {
  const { pid, instance, workers } = info;
  const isOurs = typeof instance === "string";
  return {
    instance: isOurs ? instance : "",
    host: at.host,
    port: at.port,
    pid,
    software: isOurs ? "agentscope-distributed" : "AgentScope 0.1",
    access: at.token === undefined ? "open" : "token",
    ...(at.token !== undefined && { token: at.token }),
    workers: Array.isArray(workers) ? workers.length : 0,
    viaStudio: false,
    isLocal: isLoopback(at.host),
  };
}
