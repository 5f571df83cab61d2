import { type ServerAnnouncement, type ServerAttached, thisMachine } from "agentscope-distributed/studio";
import type { MessageConnection } from "vscode-jsonrpc";
import { StudioError } from "../errors.js";
import type { Relays } from "../relay/relays.js";
import { AttachedServer } from "./attachedServer.js";
import { checkAnnouncement } from "./checkAnnouncement.js";
import type { ManagedServers } from "./managedServers.js";
import type { NamedServers } from "./namedServers.js";
import type { ServerEntry, ServerIdentity } from "./serverEntry.js";
import type { ServerTable } from "./serverTable.js";

/** How long a server that holds an id may take to show that it is still there, in milliseconds. */
const proofMs = 2000;

/** Where a server connects from. */
export interface ServerPeer {
  isLocal: boolean;
  /** The host by which it reached the daemon. */
  reachedHost: string;
}

/** Takes servers in that come by themselves: new ones, those that come back, and those that the daemon started. */
export class Attaching {
  constructor(
    private readonly parts: { table: ServerTable; managed: ManagedServers; named: NamedServers; relays: Relays },
  ) {}

  /** @throws StudioError when the id is another server's, or the daemon may not do what the server wants; with what to do. */
  async attach(connection: MessageConnection, announced: unknown, peer: ServerPeer): Promise<ServerAttached> {
    const { table, managed, relays } = this.parts;
    const announcement = checkAnnouncement(announced);
    const { serverId } = announcement;
    await this.refuseTaken(announcement);
    const relay = announcement.viaStudio === true ? await relays.open(announcement, peer) : undefined;
    // Another may have come while this one waited.
    if (this.holder(announcement) !== undefined) throw taken(announcement, this.holder(announcement));
    const supervisor = managed.find(serverId);
    const entry = this.entryFor(announcement);
    const link: AttachedServer = new AttachedServer(
      connection,
      serverId,
      table.eventsOf(entry, () => link),
    );
    entry.attach(link, {
      ...identityOf(announcement, relay),
      ...(supervisor !== undefined && { token: managed.token }),
    });
    supervisor?.attached(announcement.instance);
    table.noteAttached(entry);
    return relay === undefined ? {} : { relay };
  }

  private entryFor({ serverId, kind }: ServerAnnouncement): ServerEntry {
    const { table, named } = this.parts;
    const known = table.find(serverId);
    if (known?.kind === kind) return known;
    // It was something else: a remote one that a person had named, or one of another life.
    if (known !== undefined) named.forget(serverId);
    table.remove(serverId);
    return table.add(serverId, kind, { isTalking: true });
  }

  /** Refuses an id that another server has, once it has shown that it is there. */
  private async refuseTaken(announcement: ServerAnnouncement): Promise<void> {
    const holder = this.holder(announcement);
    if (holder === undefined) return;
    if (holder.isAttached && holder.link instanceof AttachedServer) {
      const { link } = holder;
      const isThere = !holder.identity.isLocal || holder.isProcessRunning;
      // A connection whose other end is gone without a word looks open for long.
      if (!isThere || !(await link.isAlive(proofMs))) {
        holder.linkEnded(link, "another server has come with its id, and it does not answer any more");
        return;
      }
    }
    throw taken(announcement, holder);
  }

  /** The entry, if somebody else is behind it. */
  private holder(announcement: ServerAnnouncement): ServerEntry | undefined {
    const { table, managed } = this.parts;
    const entry = table.find(announcement.serverId);
    const supervisor = managed.find(announcement.serverId);
    if (entry === undefined) return undefined;
    if (supervisor !== undefined && !supervisor.isEnded) return supervisor.isIts(announcement) ? undefined : entry;
    if (entry.identity.instance === announcement.instance) return undefined;
    return entry.isAttached || entry.isProcessRunning ? entry : undefined;
  }
}

function identityOf(announcement: ServerAnnouncement, relay: ServerAttached["relay"]): ServerIdentity {
  const { instance, pid, classes, access, token, workers, parentInstance, version, machine } = announcement;
  const { host, port } = relay ?? announcement;
  return {
    ...{ instance, host, port, pid, classes, access, workers },
    software: `agentscope-distributed ${version}`,
    viaStudio: relay !== undefined,
    isLocal: machine === thisMachine(),
    ...(token !== undefined && { token }),
    ...(parentInstance !== undefined && { parentInstance }),
  };
}

function taken({ serverId }: ServerAnnouncement, holder: ServerEntry | undefined): StudioError {
  const { host = "", port = 0, pid } = holder?.identity ?? {};
  const where = port === 0 ? "" : ` at ${host}:${port}${pid === undefined ? "" : ` (process ${pid})`}`;
  return StudioError.refused(
    `the id ${JSON.stringify(serverId)} is that of another server${where}: start this one with another --server-id, or stop that one`,
  );
}
