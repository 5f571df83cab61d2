import { createHash, randomUUID } from "node:crypto";
import { networkInterfaces } from "node:os";
import type { Server } from "@grpc/grpc-js";
import { formatAddress, type PeerInfo, thisMachine } from "../link/peer.js";
import type { AgentDirReport } from "./agentDir.js";
import { bindServer } from "./bindServer.js";
import { ManagedAgents } from "./managedAgents.js";
import { Router } from "./router.js";
import { ServedFiles } from "./servedFiles.js";
import { checkServerOptions, type ServerOptions } from "./serverOptions.js";
import { WorkerPool } from "./workerPool.js";

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
  private constructor(
    readonly address: ServerAddress,
    private readonly grpc: Server,
    private readonly router: Router,
    private readonly workers: WorkerPool,
    private readonly onStop: () => void,
  ) {}

  /**
   * Listens, and starts the workers.
   *
   * @param hooks `onStop` is told when the server was stopped from elsewhere, once its port is closed.
   * @throws InvalidArgumentError when the options can't be used; AgentScopeError when the port can't be had.
   */
  static async start(options: ServerOptions, hooks: { onStop: () => void }): Promise<AgentServer> {
    checkServerOptions(options);
    const self: PeerInfo = {
      instance: randomUUID(),
      address: "",
      serverId: options.serverId,
      lanes: [],
      machine: thisMachine(),
      realm: realmOf(options),
    };
    const router = new Router(self);
    const files = new ServedFiles(options.saveDir);
    const workers = new WorkerPool(options, router, files);
    let server: AgentServer | undefined;
    const managed = new ManagedAgents({
      self,
      router,
      workers,
      files,
      stop: () => server?.stop() ?? Promise.resolve(),
    });
    const { grpc, port } = await bindServer(options, { router, managed });
    self.address = formatAddress(advertisedHost(options.host), port);
    router.endpoint.host.serverName = self.address;
    const address = { host: options.host, port, serverId: options.serverId };
    server = new AgentServer(address, grpc, router, workers, hooks.onStop);
    workers.start();
    return server;
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
    await this.workers.stop();
    this.router.close();
    await closeServer(this.grpc);
    this.onStop();
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
