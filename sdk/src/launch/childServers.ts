import { randomBytes, randomUUID } from "node:crypto";
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
import { ServerProcess } from "./serverProcess.js";

/** Opens a connection to a server that is being started; `lost` ends it at once when the server's process has ended. */
export type OpenConnection = (access: Promise<ServerAccess>) => {
  connection: Connection;
  lost: (error: AgentScopeError) => void;
};

interface ChildServer {
  connection: Connection;
  /** What makes it fit for an agent: children of other options are not shared. */
  kind: string;
  agents: number;
}

/** Child processes for agents: one each, up to `init({ maxChildServers })`, then shared, least loaded first. */
export class ChildServers {
  private readonly servers = new Set<ChildServer>();
  /** Of all children of this process: they let each other in, and nobody else. */
  private readonly token = randomBytes(32).toString("hex");

  constructor(
    private readonly open: OpenConnection,
    /** The daemon that a child tells of itself, if there is one. */
    private readonly studio: () => StudioOptions | undefined,
  ) {}

  /** A connection to a child for one more agent. */
  connectionFor(options: DistOptions): Connection {
    const { maxPoolSize, maxTimeoutSeconds, host } = this.serverOptions(options);
    const kind = JSON.stringify([maxPoolSize, maxTimeoutSeconds, host]);
    const shareable = [...this.servers].filter((server) => server.kind === kind);
    const mayStart = this.servers.size < settings.maxChildServers || shareable.length === 0;
    const server = mayStart ? this.start(options, kind) : leastLoaded(shareable);
    server.agents++;
    return server.connection;
  }

  private start(options: DistOptions, kind: string): ChildServer {
    const started = ServerProcess.start(this.serverOptions(options));
    const access = started.then(({ ready }) => ({ address: formatAddress(ready.host, ready.port), token: this.token }));
    const { connection, lost } = this.open(access);
    const server: ChildServer = { connection, kind, agents: 0 };
    this.servers.add(server);
    this.whenEnded(started, (error) => {
      this.servers.delete(server);
      lost(error);
    });
    return server;
  }

  /** Calls back when the process has ended, or could not be started. */
  private whenEnded(started: ReturnType<typeof ServerProcess.start>, callback: (error: AgentScopeError) => void): void {
    const ended = started.then(async ({ server, ready }) => {
      const how = await server.ended;
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
      token: this.token,
      tls: undefined,
      saveDir: settings.saveDir,
      studio: this.studio(),
      child: true,
    };
  }
}

function leastLoaded(servers: ChildServer[]): ChildServer {
  return servers.reduce((best, server) => (server.agents < best.agents ? server : best));
}
