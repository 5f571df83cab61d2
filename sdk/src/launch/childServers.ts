import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DistOptions } from "../agents/distOptions.js";
import { type AgentScopeError, AgentServerNotAliveError } from "../errors.js";
import { formatAddress } from "../link/peer.js";
import type { ServerAccess } from "../link/serverAccess.js";
import { settings } from "../orchestration/settings.js";
import type { Connection } from "../runtime/connection.js";
import {
  defaultMaxPoolSize,
  defaultMaxTimeoutSeconds,
  type ServerOptions,
  type StudioOptions,
} from "../server/serverOptions.js";
import { defaultServerLimits } from "../server/serverLimits.js";
import type { ChildServer } from "./childServer.js";
import { ServerProcess } from "./serverProcess.js";
import { WarmServers } from "./warmServers.js";
import { randomHex, randomUUID } from "../randomId.js";

/** Opens a connection to a server that is being started; `lost` ends it at once when the server's process has ended. */
export type OpenConnection = (access: Promise<ServerAccess>) => {
  connection: Connection;
  lost: (error: AgentScopeError) => void;
};

/** Child processes for agents: one each, up to `init({ maxChildServers })`, then shared, least loaded first. */
export class ChildServers {
  private readonly servers = new Set<ChildServer>();
  /** Of children that are gone: those that were started in their place. */
  private readonly replacements = new WeakMap<Connection, Connection>();
  /** Of the state of agents that are made again when a child is lost; made when there is one. */
  private readonly stateFolder = join(tmpdir(), `agentscope-${randomUUID()}`);
  /** Of all children of this process: they let each other in, and nobody else. */
  private readonly token = randomHex(32);
  private readonly warm = new WarmServers({
    start: () => this.start(this.serverOptions({})),
    isUpToDate: ({ options }) => sameStart(options, this.serverOptions({})),
    room: () => settings.maxChildServers - this.servers.size,
  });

  constructor(
    private readonly open: OpenConnection,
    /** The daemon that a child tells of itself, if there is one. */
    private readonly studio: () => StudioOptions | undefined,
  ) {
    process.once("exit", () => rmSync(this.stateFolder, { recursive: true, force: true }));
  }

  /** A connection to a child for one more agent; with `former` to the one that is there in the place of a lost one. */
  connectionFor(options: DistOptions, former?: Connection): Connection {
    const wanted = this.serverOptions(options);
    if (former !== undefined) return this.replacementOf(former, wanted);
    const shareable = [...this.servers].filter((server) => isShared(server.options, wanted));
    const mayStart = this.servers.size < settings.maxChildServers || shareable.length === 0;
    const server = mayStart ? this.newServer(wanted) : leastLoaded(shareable);
    server.agents++;
    return server.connection;
  }

  private replacementOf(former: Connection, wanted: ServerOptions): Connection {
    // It may be a worker of it that was lost, or it was started again for another agent.
    if (former.lostError === undefined) return former;
    const known = this.replacements.get(former);
    if (known !== undefined) return this.replacementOf(known, wanted);
    // The way to it may be lost while it is frozen: it must not go on.
    for (const { connection, process } of this.servers) if (connection === former) process.kill("SIGKILL");
    const { connection } = this.newServer(wanted);
    this.replacements.set(former, connection);
    return connection;
  }

  /** Starts or ends children that no agent needs yet, as the settings want them. */
  keepWarm(): void {
    this.warm.keep();
  }

  private newServer(wanted: ServerOptions): ChildServer {
    const warm = sameStart(wanted, this.serverOptions({})) ? this.warm.take() : undefined;
    const server = warm ?? this.start(wanted);
    this.servers.add(server);
    this.warm.fit();
    return server;
  }

  private start(options: ServerOptions): ChildServer {
    const started = ServerProcess.start(options);
    const access = started.ready.then(({ host, port }) => ({ address: formatAddress(host, port), token: this.token }));
    const { connection, lost } = this.open(access);
    const server: ChildServer = { process: started, connection, options, agents: 0 };
    this.whenEnded(started, (error) => {
      this.servers.delete(server);
      this.warm.forget(server);
      lost(error);
    });
    return server;
  }

  /** Calls back when the process has ended, or could not be started. */
  private whenEnded(started: ServerProcess, callback: (error: AgentScopeError) => void): void {
    const ended = started.ready.then(async (ready) => {
      const how = await started.ended;
      const address = formatAddress(ready.host, ready.port);
      throw new AgentServerNotAliveError(`the child server ${address} ended: ${how}`, { server: address });
    });
    ended.catch((thrown: unknown) => callback(thrown as AgentScopeError));
  }

  private serverOptions(options: DistOptions): ServerOptions {
    return {
      host: options.localMode === false ? "0.0.0.0" : "127.0.0.1",
      port: 0,
      serverId: `child-${randomUUID().slice(0, 8)}`,
      classes: [],
      agentDir: undefined,
      modelConfigs: settings.modelConfigs,
      mcpServers: settings.mcpServers,
      maxPoolSize: options.maxPoolSize ?? defaultMaxPoolSize,
      maxTimeoutSeconds: options.maxTimeoutSeconds ?? defaultMaxTimeoutSeconds,
      callTimeoutSeconds: settings.callTimeoutSeconds,
      workers: 1,
      orphanGraceSeconds: 0,
      limits: { ...defaultServerLimits, windowBytes: settings.windowBytes, chunkBytes: settings.chunkBytes },
      token: this.token,
      tls: undefined,
      saveDir: settings.saveDir,
      stateFolder: this.stateFolder,
      studio: this.studio(),
      child: true,
    };
  }
}

/** Whether agents of both can share a child: children of other options are not shared. */
function isShared(a: ServerOptions, b: ServerOptions): boolean {
  return a.maxPoolSize === b.maxPoolSize && a.maxTimeoutSeconds === b.maxTimeoutSeconds && a.host === b.host;
}

/** Whether a child that was started with the one is what the other asks for; each has an id of its own. */
function sameStart(a: ServerOptions, b: ServerOptions): boolean {
  return JSON.stringify({ ...a, serverId: "" }) === JSON.stringify({ ...b, serverId: "" });
}

function leastLoaded(servers: ChildServer[]): ChildServer {
  return servers.reduce((best, server) => (server.agents < best.agents ? server : best));
}
