import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { StudioError } from "../errors.js";
import type { Home } from "../home/home.js";
import type { LogBook } from "../log/logBook.js";
import { isRunning } from "../processes/processIdentity.js";
import type { StartServer } from "../protocol/requests.js";
import type { ManagedServerTable } from "../store/serverTables.js";
import type { ManagedContext } from "./managedCommand.js";
import { ManagedServer } from "./managedServer.js";
import { RestartPlan, type RestartLimits } from "./restartPlan.js";
import type { ServerEntry } from "./serverEntry.js";
import type { ServerTable } from "./serverTable.js";

export interface ManagedServersOptions {
  table: ServerTable;
  store: ManagedServerTable;
  home: Home;
  log: LogBook;
  /** Default: those of {@link RestartPlan}. */
  restartLimits?: RestartLimits;
}

/** How long somebody who starts a server waits for its classes beyond its own start, in milliseconds. */
const classesMs = 10_000;

/** The servers that the daemon started, or that an earlier one did. */
export class ManagedServers {
  /** What callers of managed servers must show. */
  readonly token: string;
  private readonly context: ManagedContext;
  private readonly servers = new Map<string, ManagedServer>();

  constructor(private readonly options: ManagedServersOptions) {
    const { home, table } = options;
    const tokenFile = home.path("server-token");
    this.token = keptToken(tokenFile);
    this.context = { home, tokenFile };
    table.removed.on((serverId) => void this.servers.delete(serverId));
    table.changed.on((serverId) => {
      if (table.find(serverId)?.isAttached === false) this.servers.get(serverId)?.lost();
    });
  }

  find(serverId: string): ManagedServer | undefined {
    return this.servers.get(serverId);
  }

  all(): IterableIterator<ManagedServer> {
    return this.servers.values();
  }

  /**
   * Starts a server; resolves when it is there.
   *
   * @param forRun the run that it is started for; undefined: a person's, which is kept running until it is stopped.
   * @throws StudioError when it can't be started, with its last words.
   */
  async start(start: StartServer, forRun?: string): Promise<ServerEntry> {
    if (!isFolder(start.cwd)) throw StudioError.invalidParams(`there is no folder ${start.cwd} (cwd)`);
    const serverId = start.serverId ?? this.freeId(start.cwd);
    const known = this.options.table.find(serverId);
    if (known !== undefined) {
      const isFree = ["stopped", "crashed"].includes(known.shown.state) && this.find(serverId)?.isEnded !== false;
      if (!isFree)
        throw StudioError.refused(`there is a server ${JSON.stringify(serverId)}: choose another id, or stop it`);
      this.options.table.remove(serverId);
    }
    const server = this.make(serverId, start, forRun);
    await server.start();
    if (start.agentDir !== undefined) await this.classesOf(server.entry);
    return server.entry;
  }

  /** Ends one for good. */
  async stop(serverId: string): Promise<void> {
    await this.servers.get(serverId)?.stop();
  }

  /** Finds those again that an earlier daemon had. */
  recover(): void {
    const { store, log } = this.options;
    for (const stored of store.all()) {
      // A run that wants another one gets one with its code as it is by then.
      if (stored.forRun !== undefined && !isRunning({ pid: stored.pid, startedAt: stored.processMark ?? "" })) {
        store.delete(stored.serverId);
        continue;
      }
      try {
        this.make(stored.serverId, stored.options, stored.forRun).adopt(stored);
      } catch (error) {
        log.write("error", "daemon", `the server ${stored.serverId} can't be found again: ${(error as Error).message}`);
        store.delete(stored.serverId);
      }
    }
  }

  /** Ends all. */
  async close(): Promise<void> {
    await Promise.all([...this.servers.values()].map((server) => server.stop()));
  }

  /** Lets go of all; they run on. */
  leave(): void {
    for (const server of this.servers.values()) server.leave();
  }

  /** Waits until the server has told which classes it found, if it does so soon: they are loaded when it is there already. */
  private async classesOf(entry: ServerEntry): Promise<void> {
    const { changed } = this.options.table;
    const isKnown = () => entry.hasToldClasses || !entry.isAttached;
    if (isKnown()) return;
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        remove();
        resolve();
      };
      const timer = setTimeout(end, classesMs).unref();
      const remove = changed.on(() => {
        if (isKnown()) end();
      });
    });
  }

  private make(serverId: string, start: StartServer, forRun: string | undefined): ManagedServer {
    const { table, store, log, restartLimits } = this.options;
    const server = new ManagedServer({
      entry: table.add(serverId, "managed", { isTalking: true }),
      start,
      ...(forRun !== undefined && { forRun }),
      context: this.context,
      log,
      restartPlan: new RestartPlan(restartLimits),
      save: (record) => (record === undefined ? store.delete(serverId) : store.save(record)),
    });
    this.servers.set(serverId, server);
    return server;
  }

  private freeId(cwd: string): string {
    const name =
      basename(cwd)
        .replaceAll(/[^\w-]+/g, "-")
        .slice(0, 40) || "server";
    for (;;) {
      const serverId = `${name}-${randomBytes(3).toString("hex")}`;
      if (this.options.table.find(serverId) === undefined) return serverId;
    }
  }
}

/** The token in the file, made with the first daemon: servers outlive daemons. */
function keptToken(path: string): string {
  const kept = existsSync(path) ? readFileSync(path, "utf8").trim() : "";
  if (kept !== "") {
    if (process.platform !== "win32") chmodSync(path, 0o600);
    return kept;
  }
  const made = randomBytes(32).toString("base64url");
  writeFileSync(path, `${made}\n`, { mode: 0o600 });
  return made;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
