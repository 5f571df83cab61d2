import { RpcAgentClient, type ServerInfo } from "agentscope-distributed";
import { formatAddress, isLoopback, studioErrorCode } from "agentscope-distributed/studio";
import { StudioError } from "../errors.js";
import type { RemoteServerTable, StoredRemoteServer } from "../store/serverTables.js";
import { accessBy, hasSecrets, type ServerAddress } from "./serverAddress.js";
import type { ServerEntry, ServerIdentity } from "./serverEntry.js";
import type { ServerLink } from "./serverLink.js";
import { ServerPoll } from "./serverPoll.js";
import type { ServerTable } from "./serverTable.js";
import { speaksTls } from "./speaksTls.js";

/** How long a server that is named may take to answer for the first time, in milliseconds. */
const firstAnswerMs = 5000;

/** One that is named; without a poll it waits for who knows what it wants to see. */
interface Named {
  at: ServerAddress;
  /** It came by HTTP: anybody on the machine may do that, so that there is a limit. */
  registered: boolean;
  poll: ServerPoll | undefined;
}

const lockedDetail =
  "it lets in only who shows its token or a certificate, and the daemon that was shown them has ended: connect to it again";

/** Servers that do not come by themselves: those that a person named, and AgentScope 0.1's, which register themselves by HTTP. */
export class NamedServers implements Disposable {
  private readonly named = new Map<string, Named>();

  /** @param parts `maxRegistered`: how many there may be that registered, those that are gone and not forgotten yet included. */
  constructor(private readonly parts: { table: ServerTable; store: RemoteServerTable; maxRegistered: number }) {
    parts.table.removed.on((serverId) => this.forget(serverId));
  }

  /**
   * @returns its row; the one that it has, if it is known already.
   * @throws StudioError when no agent server answers there.
   */
  async connect(at: ServerAddress): Promise<ServerEntry> {
    const { table } = this.parts;
    const before = [...this.named].find(([, { at: known }]) => known.host === at.host && known.port === at.port);
    if (before !== undefined) {
      const [serverId, { poll, at: known }] = before;
      if (poll !== undefined && (accessBy(at) === "open" || hasSecrets(known, at))) return table.get(serverId);
      if (poll === undefined) return this.unlock(serverId, at);
    }
    const info = await firstAnswer(at);
    if (before !== undefined) table.remove(before[0]);
    const told = info.id || formatAddress(at.host, at.port);
    const known = table.find(told);
    // It has come by itself, or by another of its addresses.
    if (known?.isAttached === true && isSameStart(known.identity, info)) return known;
    const serverId = known === undefined ? told : `${told}@${formatAddress(at.host, at.port)}`;
    return this.add({ serverId }, at);
  }

  /**
   * Takes in a server by the id that it gave.
   *
   * @throws StudioError when the id is another server's that is there, or that the daemon or a person keeps, or there are too many.
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
    if (this.named.get(serverId)?.registered !== true) this.refuseTooMany();
    table.remove(serverId);
    return this.add({ serverId, registered: true }, at);
  }

  private refuseTooMany(): void {
    const { maxRegistered } = this.parts;
    const count = [...this.named.values()].filter(({ registered }) => registered).length;
    if (count < maxRegistered) return;
    throw StudioError.limit(
      `${count} agent servers have registered, which is maxRegisteredServers (as-studio --limit maxRegisteredServers=${maxRegistered}): ` +
        "forget those that are gone, or raise it",
    );
  }

  has(serverId: string): boolean {
    return this.named.has(serverId);
  }

  forget(serverId: string): void {
    const named = this.named.get(serverId);
    if (named === undefined) return;
    this.named.delete(serverId);
    named.poll?.[Symbol.dispose]();
    this.parts.store.delete(serverId);
  }

  /** Finds those again that an earlier daemon knew. */
  recover(): void {
    for (const stored of this.parts.store.all()) {
      if (this.parts.table.find(stored.serverId) !== undefined) continue;
      const { host, port, access } = stored;
      if (access === undefined) void this.add(stored, { host, port });
      else this.lock(stored);
    }
  }

  [Symbol.dispose](): void {
    for (const { poll } of this.named.values()) poll?.[Symbol.dispose]();
  }

  private add(
    { serverId, registered }: Pick<StoredRemoteServer, "serverId" | "registered">,
    at: ServerAddress,
  ): Promise<ServerEntry> {
    const { host, port } = at;
    const access = accessBy(at);
    const stored: StoredRemoteServer = { serverId, host, port };
    if (registered === true) stored.registered = true;
    if (access !== "open") stored.access = access;
    this.parts.store.save(stored);
    return this.ask(this.entryOf(stored), at, registered);
  }

  private entryOf({ serverId, host, port, registered, access }: StoredRemoteServer): ServerEntry {
    const kind = registered === true ? "independent" : "remote";
    const entry = this.parts.table.add(serverId, kind, { isTalking: false });
    entry.identity = { ...entry.identity, host, port, access: access ?? "open" };
    return entry;
  }

  private lock(stored: StoredRemoteServer): void {
    const { serverId, host, port } = stored;
    this.entryOf(stored).unreachable(lockedDetail);
    this.named.set(serverId, { at: { host, port }, registered: stored.registered === true, poll: undefined });
  }

  /** @throws StudioError when what is shown is not what it wants to see; one that does not answer is asked on. */
  private async unlock(serverId: string, at: ServerAddress): Promise<ServerEntry> {
    const { table } = this.parts;
    await firstAnswer(at).catch((error: unknown) => {
      if (accessBy(at) === "open" || StudioError.from(error).code !== studioErrorCode.unreachable) throw error;
    });
    // Another may have done it meanwhile.
    return this.named.get(serverId)?.poll === undefined ? this.ask(table.get(serverId), at) : table.get(serverId);
  }

  /** Asks it from now on; resolves when the first answer is here, or missing. */
  private async ask(entry: ServerEntry, at: ServerAddress, registered = false): Promise<ServerEntry> {
    const { table } = this.parts;
    let link: ServerLink | undefined;
    const poll = new ServerPoll(at, {
      ...table.eventsOf(entry, () => link as ServerLink),
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
    this.named.set(entry.serverId, { poll, at, registered });
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
    if (code === "INVALID_ARGUMENT") throw StudioError.refused(message, error);
    if (code === "UNAUTHENTICATED") {
      throw new StudioError(studioErrorCode.wantsToken, `give the server's token: ${message}`, { cause: error });
    }
    if (await speaksTls(at)) throw wantsCertificate(at, message);
    throw StudioError.unreachable(message, error);
  }
}

function wantsCertificate(at: ServerAddress, message: string): StudioError {
  const address = formatAddress(at.host, at.port);
  const why =
    at.tls === undefined
      ? `the server at ${address} has TLS: give the certificate of who has signed its own, and yours with its key where it wants one`
      : `the certificates that were given are not what the server at ${address} wants: ${message}`;
  return new StudioError(studioErrorCode.wantsCertificate, why);
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
    access: accessBy(at),
    ...(at.token !== undefined && { token: at.token }),
    workers: Array.isArray(workers) ? workers.length : 0,
    viaStudio: false,
    isLocal: isLoopback(at.host),
  };
}
