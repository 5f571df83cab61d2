import { rmdir } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import type { Server } from "@grpc/grpc-js";
import { formatAddress, hostOf, ownPeer, type PeerInfo } from "../link/peer.js";
import type { AgentDirReport } from "./agentDir.js";
import { AgentLeases } from "./agentLeases.js";
import { bindServer } from "./bindServer.js";
import { ManagedAgents } from "./managedAgents.js";
import { Router } from "./router.js";
import { ServedFiles } from "./servedFiles.js";
import { checkServerOptions, type ServerOptions, type StudioOptions } from "./serverOptions.js";
import { ServerStudio } from "./serverStudio.js";
import { sweepStates } from "./stateFolder.js";
import { WorkerPool } from "./workerPool.js";
import { randomUUID } from "../randomId.js";

/** Whom a server tells something. */
export interface ServerHooks {
  /** It was stopped, and its port is closed. */
  onStop: () => void;
  /** Takes a line for the server's log; default: it is dropped. */
  warn?: (text: string) => void;
}

/** Where an agent server can be reached. */
export interface ServerAddress {
  host: string;
  port: number;
  serverId: string;
}

/**
 * An agent server: the I/O thread that has the connections, in front of the workers that have the agents. It answers while the
 * agents compute.
 */
export class AgentServer {
  private readonly self: PeerInfo;
  private readonly router: Router;
  private readonly workers: WorkerPool;
  private readonly files: ServedFiles;
  private readonly leases: AgentLeases;
  private readonly managed: ManagedAgents;
  private grpc: Server | undefined;
  private boundPort = 0;
  private studio: ServerStudio | undefined;
  private relayAddress: ServerAddress | undefined;
  private readonly relayWatchers: (() => void)[] = [];

  private constructor(
    private readonly options: ServerOptions,
    private readonly hooks: ServerHooks,
  ) {
    this.self = ownPeer({ instance: randomUUID(), serverId: options.serverId });
    this.router = new Router(this.self, options.limits.maxConnections);
    this.files = new ServedFiles(options.saveDir);
    const leases = new AgentLeases({
      instance: () => this.self.instance,
      graceMs: options.orphanGraceSeconds * 1000,
      agents: () => this.workers.all.flatMap(({ agents }) => [...agents]),
      remove: (agentId) => this.managed.deleteAgent(agentId),
    });
    this.leases = leases;
    // A child ends with the process that made its agents.
    if (!options.child) this.router.leases = leases;
    this.workers = new WorkerPool(options, this.router, this.files);
    this.managed = new ManagedAgents({
      self: this.self,
      router: this.router,
      workers: this.workers,
      files: this.files,
      leases,
      stop: () => this.stop(),
    });
  }

  /**
   * Listens, and starts the workers.
   *
   * @throws InvalidArgumentError when the options can't be used, or the port can't be had.
   */
  static async start(options: ServerOptions, hooks: ServerHooks): Promise<AgentServer> {
    checkServerOptions(options);
    const server = new AgentServer(options, hooks);
    if (!options.child && options.stateFolder !== undefined) void sweepStates(options.stateFolder);
    // Threads start while the port is opened.
    server.workers.start();
    try {
      await server.listen();
    } catch (error) {
      await server.workers.stop();
      throw error;
    }
    return server;
  }

  private async listen(): Promise<void> {
    const { self, router, managed, options } = this;
    // Not before the threads have begun to start: it loads what they don't need.
    self.realm = realmOf(options);
    const { grpc, port } = await bindServer(options, { router, managed });
    this.grpc = grpc;
    this.boundPort = port;
    self.address = formatAddress(advertisedHost(options.host), port);
    router.endpoint.host.serverName = self.address;
    router.addressKnown();
    if (options.studio !== undefined) this.tellStudio(options.studio, managed);
  }

  private tellStudio(studio: StudioOptions, managed: ManagedAgents): void {
    const { self, router, workers, options, boundPort: port } = this;
    this.studio = new ServerStudio({
      options,
      studio,
      self,
      router,
      workers,
      managed,
      address: { host: advertisedHost(options.host), port },
      relayed: (address) => this.relayed(address),
      stop: () => this.stop(),
      warn: (text) => this.hooks.warn?.(text),
    });
    const start = () => this.studio?.start();
    void workers.loaded().then(
      (report) => this.studio?.classesLoaded(report),
      () => {},
    );
    // A script waits for its child: what speaks with daemons is loaded afterwards.
    if (studio.kind === "child") void workers.loaded().then(start, () => {});
    else start();
  }

  /** From now on others reach it through the daemon. */
  private relayed(address: string): void {
    const { self, router, options } = this;
    self.address = address;
    self.viaStudio = true;
    router.endpoint.host.serverName = address;
    router.addressKnown();
    const host = hostOf(address);
    this.relayAddress = { host, port: Number(address.slice(host.length + 1)), serverId: options.serverId };
    for (const watcher of this.relayWatchers.splice(0)) watcher();
  }

  /** Where others reach it; with `via` of its studio options once a daemon has given it an address. */
  async reachable(): Promise<ServerAddress> {
    if (this.options.studio?.via === true && this.relayAddress === undefined) {
      await new Promise<void>((resolve) => {
        this.relayWatchers.push(resolve);
      });
    }
    return this.address;
  }

  get address(): ServerAddress {
    const { host, serverId } = this.options;
    return this.relayAddress ?? { host, port: this.boundPort, serverId };
  }

  /** Resolves when the classes are loaded; the report is of the folder of agents, if there is one. */
  loaded(): Promise<AgentDirReport | undefined> {
    return this.workers.loaded();
  }

  private stopping: Promise<void> | undefined;

  /** Ends all agents (`dispose` runs, for a moment), tells the callers, and closes the port. */
  stop(): Promise<void> {
    this.stopping ??= this.stopOnce();
    return this.stopping;
  }

  private async stopOnce(): Promise<void> {
    this.leases.close();
    await this.workers.stop();
    this.router.close();
    await this.studio?.close();
    if (this.grpc !== undefined) await closeServer(this.grpc);
    // A child's is of its own script, which may have been killed.
    const { child, stateFolder } = this.options;
    if (child && stateFolder !== undefined) await rmdir(stateFolder).catch(() => {});
    this.hooks.onStop();
  }
}

/** How long calls that are being answered may take once the server stops, in milliseconds. */
const closeMs = 300;

function closeServer(grpc: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      grpc.forceShutdown();
      resolve();
    }, closeMs);
    grpc.tryShutdown(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** The same for servers with the same token; nobody can tell the token from it. */
function realmOf({ token, tls }: ServerOptions): string {
  if (token === undefined && tls === undefined) return "";
  const { createHash } = process.getBuiltinModule("node:crypto");
  const hash =
    token === undefined ? "" : createHash("sha256").update(`agentscope realm ${token}`).digest("hex").slice(0, 16);
  return `${tls === undefined ? "" : "tls"}/${hash}`;
}

/** A server on all interfaces is reached by its first address that is not loopback. */
function advertisedHost(host: string): string {
  if (host !== "0.0.0.0" && host !== "::") return host;
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ internal, family }) => !internal && family === "IPv4")?.address ?? "127.0.0.1";
}
