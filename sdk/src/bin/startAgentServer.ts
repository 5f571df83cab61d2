import { randomUUID } from "node:crypto";
import { availableParallelism } from "node:os";
import { readMcpServers } from "../agents/tools/mcpServers.js";
import { asError, InvalidArgumentError } from "../errors.js";
import { type LogFormat, type LogLevel, logSettings } from "../log/logSettings.js";
import { ServerLog } from "../log/serverLog.js";
import { formatReadyLine } from "../launch/readyLine.js";
import { isLoopback } from "../link/peer.js";
import { readModelConfigs } from "../models/modelConfigs.js";
import { settings } from "../orchestration/settings.js";
import { formatAgentDirReport } from "../server/agentDir.js";
import { AgentServer } from "../server/agentServer.js";
import { independentStudio } from "../server/independentStudio.js";
import {
  defaultMaxPoolSize,
  defaultMaxTimeoutSeconds,
  defaultOrphanGraceSeconds,
  readTokenFile,
  type StudioOptions,
} from "../server/serverOptions.js";
import { type ServerLimits, serverLimits } from "../server/serverLimits.js";
import { agentStateFolder } from "../server/stateFolder.js";
import { studioEnvironment } from "../studio/studioAddress.js";
import { type AccessOptions, tlsOf } from "./accessOptions.js";

/** How long a managed server outlives its daemon and its callers, in seconds. */
const defaultMaxAloneSeconds = 60;

/** The options of `as-server start`, as the command line gives them. */
export interface StartOptions extends AccessOptions, Partial<ServerLimits> {
  host: string;
  port: number;
  agentDir?: string;
  modelConfigPath?: string;
  mcpConfigPath?: string;
  serverId?: string;
  workers?: number;
  maxPoolSize?: number;
  maxTimeoutSeconds?: number;
  callTimeoutSeconds?: number;
  orphanGraceSeconds?: number;
  localMode?: boolean;
  saveDir?: string;
  studioUrl?: string;
  viaStudio?: string;
  studioTokenFile?: string;
  managed?: boolean;
  maxAloneSeconds?: number;
  log: boolean;
  logFormat?: LogFormat;
  logLevel?: LogLevel;
}

/** Runs an agent server in this process: the ready line on standard output, the log on standard error. */
export async function startAgentServer(options: StartOptions): Promise<void> {
  const serverId = options.serverId ?? `server-${randomUUID().slice(0, 8)}`;
  const logs = logSettings(options);
  const log = new ServerLog(logs, { server_id: serverId });
  const server = await AgentServer.start(
    {
      // Others reach it through the daemon then.
      host: options.localMode === true || options.viaStudio !== undefined ? "127.0.0.1" : options.host,
      port: options.port,
      serverId,
      classes: [],
      agentDir: options.agentDir,
      modelConfigs: options.modelConfigPath === undefined ? [] : readModelConfigs(options.modelConfigPath),
      mcpServers: options.mcpConfigPath === undefined ? {} : readMcpServers(options.mcpConfigPath),
      maxPoolSize: options.maxPoolSize ?? defaultMaxPoolSize,
      maxTimeoutSeconds: options.maxTimeoutSeconds ?? defaultMaxTimeoutSeconds,
      callTimeoutSeconds: options.callTimeoutSeconds ?? settings.callTimeoutSeconds,
      workers: options.workers ?? availableParallelism(),
      orphanGraceSeconds: options.orphanGraceSeconds ?? defaultOrphanGraceSeconds,
      limits: serverLimits(options),
      token: options.tokenFile === undefined ? undefined : readTokenFile(options.tokenFile),
      tls: isForStudioAlone(options) ? undefined : tlsOf(options),
      saveDir: options.saveDir,
      stateFolder: agentStateFolder(options.saveDir),
      studio: studioOf(options),
      log: logs,
      child: false,
    },
    // What agents left running must not keep a stopped server.
    { onStop: () => process.exit(), warn: (text) => log.write("warn", text) },
  );
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void server.stop());
  try {
    const report = await server.loaded();
    if (report !== undefined) for (const line of formatAgentDirReport(report)) log.write("info", line);
  } catch (error) {
    process.exitCode = 1;
    const { message } = asError(error);
    log.write("error", log.isJson ? message : `as-server: ${message}`);
    await server.stop();
    return;
  }
  const { host, port } = await server.reachable();
  log.write("info", `agent server ${serverId} listens on ${host}:${port}; Ctrl-C stops it`);
  process.stdout.write(formatReadyLine({ event: "ready", host, port, server_id: serverId }));
}

/** @throws InvalidArgumentError when two options contradict each other. */
function studioOf(options: StartOptions): StudioOptions | undefined {
  const { studioUrl, viaStudio, studioTokenFile, managed, maxAloneSeconds = defaultMaxAloneSeconds } = options;
  if (studioUrl !== undefined && viaStudio !== undefined && studioUrl !== viaStudio) {
    throw new InvalidArgumentError("--studio-url and --via-studio name two daemons: give --via-studio alone");
  }
  const token = studioTokenFile === undefined ? undefined : readTokenFile(studioTokenFile);
  if (managed === true) return { url: studioUrl, token, kind: "managed", maxAloneSeconds };
  const tls = isSecure(options) ? tlsOf(options) : undefined;
  return independentStudio(viaStudio ?? studioUrl, { token, tls, via: viaStudio !== undefined });
}

/** Whether the daemon that is named here has TLS: the server's certificate and authority are then for it, too. */
function isSecure({ studioUrl, viaStudio }: StartOptions): boolean {
  return (viaStudio ?? studioUrl ?? process.env[studioEnvironment.url])?.startsWith("https:") === true;
}

/** An authority without a certificate says whom to trust, and not how to listen on loopback. */
function isForStudioAlone(options: StartOptions): boolean {
  const { host, tlsCert, tlsKey, viaStudio } = options;
  const isNear = isLoopback(host) || viaStudio !== undefined;
  return isSecure(options) && isNear && tlsCert === undefined && tlsKey === undefined;
}
