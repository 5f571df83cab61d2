import { readFileSync } from "node:fs";
import { checkSecret } from "../access/accessToken.js";
import type { McpServers } from "../agents/tools/mcpServer.js";
import { InvalidArgumentError } from "../errors.js";
import type { LogSettings } from "../log/logSettings.js";
import type { ClientTls } from "../link/grpcClient.js";
import { isLoopback } from "../link/peer.js";
import { checkStudioUrl } from "../studio/studioAddress.js";
import type { ServerAnnouncement } from "../studio/protocol.js";
import type { ModelConfig } from "../models/modelConfigSchema.js";
import type { ServerLimits } from "./serverLimits.js";

/** The daemon that a server tells of itself. */
export interface StudioOptions {
  /** `http://HOST:PORT` or `https://HOST:PORT`; undefined: the one that the user's own discovery file names. */
  url: string | undefined;
  /** Undefined: of the environment or the discovery file. */
  token: string | undefined;
  /** Undefined: of the environment. */
  tls?: ClientTls | undefined;
  kind: ServerAnnouncement["kind"];
  /** Of the process that a child was started by. */
  parentInstance?: string;
  /** Reached by others through the daemon only. */
  via?: boolean;
  /** Ends when no daemon and no caller was connected for so long, in seconds; undefined: never. */
  maxAloneSeconds?: number;
}

/** What an agent server process is started with; plain data, so that it can be handed to it. */
export interface ServerOptions {
  /** What to listen on. Default 127.0.0.1; anything beyond loopback needs a token or TLS with client certificates. */
  host: string;
  /** 0 picks a free one. */
  port: number;
  serverId: string;
  /** Modules of the classes that agents can be made of. */
  classes: { url: string; className: string }[];
  agentDir: string | undefined;
  modelConfigs: ModelConfig[];
  /** MCP servers that agents can name. */
  mcpServers: McpServers;
  /** The most results that a worker keeps. Default 8192. */
  maxPoolSize: number;
  /** When a result that nobody released is dropped, in seconds. Default 7200. */
  maxTimeoutSeconds: number;
  /** The longest turn of a call, in seconds. Default 300. */
  callTimeoutSeconds: number;
  /** Worker threads that agents live in. Default: the machine's available parallelism; 1 in a child process. */
  workers: number;
  /** How long agents stay whose process is gone, in seconds. Default 600. */
  orphanGraceSeconds: number;
  limits: ServerLimits;
  /** Callers must give it. */
  token: string | undefined;
  /** Listen with TLS: certificate and key, and with `ca` only for callers with a certificate that it signed. */
  tls: ClientTls | undefined;
  saveDir: string | undefined;
  /** Where the state of agents is kept that their makers make again when a server is lost (`onServerLoss`). */
  stateFolder: string | undefined;
  /** The daemon that it tells of itself; undefined: none. */
  studio: StudioOptions | undefined;
  /** How it logs; undefined: as lines of text, and agents by themselves. */
  log?: LogSettings | undefined;
  /** Started by a process that it ends with, and that may name the modules of classes. */
  child: boolean;
}

export const defaultOrphanGraceSeconds = 600;
export const defaultMaxPoolSize = 8192;
export const defaultMaxTimeoutSeconds = 7200;

/**
 * Refuses what would let strangers in, or can't work.
 *
 * @throws InvalidArgumentError saying which option, and what to give instead.
 */
export function checkServerOptions(options: ServerOptions): void {
  const { host, port, token, tls, studio } = options;
  if (studio?.url !== undefined) checkStudioUrl(studio.url);
  if (token !== undefined) checkSecret(token);
  if (!(Number.isInteger(port) && port >= 0 && port < 65_536)) {
    throw new InvalidArgumentError(`port is ${port}; it must be a whole number from 0 (any free one) to 65535`);
  }
  for (const name of ["maxPoolSize", "maxTimeoutSeconds", "callTimeoutSeconds", "workers"] as const) {
    if (!(options[name] > 0))
      throw new InvalidArgumentError(`${name} is ${options[name]}; it must be a number above 0`);
  }
  const { orphanGraceSeconds } = options;
  // The longest that a timer takes.
  if (!(orphanGraceSeconds >= 0 && orphanGraceSeconds < 2 ** 31 / 1000)) {
    throw new InvalidArgumentError(
      `orphanGraceSeconds is ${orphanGraceSeconds}; it must be a number from 0 to 2,147,483`,
    );
  }
  if (tls !== undefined && (tls.cert === undefined || tls.key === undefined)) {
    throw new InvalidArgumentError("tls needs cert and key both (--tls-cert and --tls-key)");
  }
  if (!isLoopback(host) && token === undefined && tls?.ca === undefined) {
    throw new InvalidArgumentError(
      `host is ${host}, which other machines can reach: an agent server runs code for whoever connects. Give it a token ` +
        "(as-server token --out FILE makes one; --token-file FILE, option token) or TLS with client certificates (as-server cert makes them; --tls-cert, " +
        "--tls-key, --tls-ca), or listen on 127.0.0.1",
    );
  }
}

/** Whether another machine can tell the server something: a caller, or a daemon. */
export function isReachable({ host, studio }: ServerOptions): boolean {
  const isDaemonFar = studio?.url !== undefined && !isLoopback(new URL(studio.url).hostname);
  return !isLoopback(host) || studio?.via === true || isDaemonFar;
}

/**
 * The token in a file.
 *
 * @throws InvalidArgumentError when it can't be read or is empty.
 */
export function readTokenFile(path: string): string {
  let token: string;
  try {
    token = readFileSync(path, "utf8").trim();
  } catch (cause) {
    throw new InvalidArgumentError(`the token file ${path} can't be read: ${(cause as Error).message}`, { cause });
  }
  if (token === "")
    throw new InvalidArgumentError(`the token file ${path} is empty; as-server token --out FILE makes one`);
  return token;
}
