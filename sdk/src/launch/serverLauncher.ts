import { availableParallelism } from "node:os";
import { locateClass, isMainScript, mainScriptError } from "../agents/classLocation.js";
import { builtInName, rawAgentClass } from "../agents/brand.js";
import type { McpServers } from "../agents/tools/mcpServer.js";
import { readMcpServers } from "../agents/tools/mcpServers.js";
import { InvalidArgumentError } from "../errors.js";
import type { ClientTls } from "../link/grpcClient.js";
import { type ModelConfigSource, readModelConfigs } from "../models/modelConfigs.js";
import { settings } from "../orchestration/settings.js";
import type { AgentServer } from "../server/agentServer.js";
import { independentStudio } from "../server/independentStudio.js";
import {
  defaultMaxPoolSize,
  defaultMaxTimeoutSeconds,
  defaultOrphanGraceSeconds,
  type ServerOptions,
} from "../server/serverOptions.js";
import { type ServerLimits, serverLimits } from "../server/serverLimits.js";
import { agentStateFolder } from "../server/stateFolder.js";
import { ServerProcess } from "./serverProcess.js";
import { randomUUID } from "../randomId.js";

type AnyClass = abstract new (...args: never[]) => object;

/** What an agent server is started with; everything has a default. */
export interface LauncherOptions extends Partial<ServerLimits> {
  /** What to listen on. Default 127.0.0.1. Beyond loopback it needs a token, or TLS with client certificates. */
  host?: string;
  /** Default 0: any free port; `port` of the launcher tells which, once it is launched. */
  port?: number;
  /** Classes that agents can be made of, by their modules; each must be exported by the module that defines it. */
  customAgentClasses?: AnyClass[];
  /** A folder: every exported agent class in it and below can be made. */
  agentDir?: string;
  /** Models for the agents: a file, a config, or a list. Default: those given to `init`. */
  modelConfigs?: ModelConfigSource;
  /** MCP servers that agents can name: a JSON file, or servers by name. Default: those given to `init`. */
  mcpServers?: string | McpServers;
  /**
   * The daemon to register with, as `http://HOST:PORT`. Default: what `AGENTSCOPE_STUDIO_URL` names; without either none. The server
   * runs all the same when nobody is there, and registers as soon as somebody is.
   */
  studioUrl?: string;
  /** How the server is called in lists. Default: made. */
  serverId?: string;
  /** The most results that are kept. Default 8192. */
  maxPoolSize?: number;
  /** When a result that nobody released is dropped, in seconds. Default 7200. */
  maxTimeoutSeconds?: number;
  /** Listen on loopback, whatever `host` says. Default false. */
  localMode?: boolean;
  /** Callers must give it. */
  token?: string;
  tls?: ClientTls;
  /** Worker threads. Default: the machine's available parallelism. */
  workers?: number;
  /** Where files of messages are. */
  saveDir?: string;
  /** The longest turn of a call, in seconds. Default 300. */
  callTimeoutSeconds?: number;
  /** How long agents stay whose process is gone, in seconds; those with `keepAlive` always do. Default 600. */
  orphanGraceSeconds?: number;
}

/** Starts an agent server from a program, as the tutorial does; `as-server` does the same from a terminal. */
export class RpcAgentServerLauncher implements AsyncDisposable {
  readonly host: string;
  readonly serverId: string;
  private readonly options: ServerOptions;
  private boundPort: number;
  private running:
    | { kind: "no" }
    | { kind: "process"; process: ServerProcess }
    | { kind: "here"; server: AgentServer; ended: Promise<void> } = { kind: "no" };

  /** @throws InvalidArgumentError naming the option that can't be used. */
  constructor(options: LauncherOptions = {}) {
    this.host = options.localMode === true ? "127.0.0.1" : (options.host ?? "127.0.0.1");
    this.boundPort = options.port ?? 0;
    this.serverId = options.serverId ?? `server-${randomUUID().slice(0, 8)}`;
    this.options = {
      host: this.host,
      port: this.boundPort,
      serverId: this.serverId,
      classes: (options.customAgentClasses ?? []).map(asWritten).filter(isOwn).map(classToLoad),
      agentDir: options.agentDir,
      modelConfigs: options.modelConfigs === undefined ? settings.modelConfigs : readModelConfigs(options.modelConfigs),
      mcpServers: options.mcpServers === undefined ? settings.mcpServers : readMcpServers(options.mcpServers),
      maxPoolSize: options.maxPoolSize ?? defaultMaxPoolSize,
      maxTimeoutSeconds: options.maxTimeoutSeconds ?? defaultMaxTimeoutSeconds,
      callTimeoutSeconds: options.callTimeoutSeconds ?? settings.callTimeoutSeconds,
      workers: options.workers ?? availableParallelism(),
      orphanGraceSeconds: options.orphanGraceSeconds ?? defaultOrphanGraceSeconds,
      limits: serverLimits(options),
      token: options.token,
      tls: options.tls,
      saveDir: options.saveDir ?? settings.saveDir,
      stateFolder: agentStateFolder(options.saveDir ?? settings.saveDir),
      studio: independentStudio(options.studioUrl, { token: settings.studioToken, tls: settings.studioTls }),
      child: false,
    };
  }

  /** The port it listens on; 0 before `launch` where any free one was asked for. */
  get port(): number {
    return this.boundPort;
  }

  /**
   * Starts the server and resolves when it takes calls.
   *
   * @param options `inSubprocess` (default true): in a process of its own, which ends with this one; else in this one.
   * @throws InvalidArgumentError when an option can't be used or the port is in use; AgentScopeError when it can't start.
   */
  async launch({ inSubprocess = true }: { inSubprocess?: boolean } = {}): Promise<void> {
    if (this.running.kind !== "no") throw new InvalidArgumentError(`the server ${this.serverId} is launched already`);
    if (inSubprocess) {
      const server = ServerProcess.start(this.options);
      const { port } = await server.ready;
      this.boundPort = port;
      this.running = { kind: "process", process: server };
      return;
    }
    const { AgentServer } = await import("../server/agentServer.js");
    let onStop = () => {};
    const ended = new Promise<void>((resolve) => {
      onStop = resolve;
    });
    const server = await AgentServer.start(this.options, { onStop, warn: (text) => settings.logger.warn(text) });
    this.boundPort = server.address.port;
    this.running = { kind: "here", server, ended };
    await server.loaded();
  }

  /** Resolves when the server has ended; keeps the process alive until then. */
  async waitUntilTerminate(): Promise<void> {
    if (this.running.kind === "process") await this.running.process.waitForEnd();
    else if (this.running.kind === "here") await this.running.ended;
  }

  /** Stops the server with its agents; nothing happens when it has ended already. */
  async shutdown(): Promise<void> {
    const { running } = this;
    this.running = { kind: "no" };
    if (running.kind === "here") await running.server.stop();
    if (running.kind !== "process") return;
    running.process.kill("SIGTERM");
    await running.process.waitForEnd();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }
}

function asWritten(agentClass: AnyClass): AnyClass {
  return (agentClass as { [rawAgentClass]?: AnyClass })[rawAgentClass] ?? agentClass;
}

/** Built-in classes are known to every server. */
function isOwn(agentClass: AnyClass): boolean {
  return builtInName(agentClass) === undefined;
}

function classToLoad(agentClass: AnyClass): { url: string; className: string } {
  const location = locateClass(agentClass);
  if (isMainScript(location.url)) throw mainScriptError(location.className, location.url);
  return location;
}
