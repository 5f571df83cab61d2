import { resolve } from "node:path";
import type { LogFormat, LogLevel } from "agentscope-distributed/studio";
import type { DaemonOptions } from "../daemonOptions.js";
import type { TlsFiles } from "../http/serverTls.js";
import type { WireLimits } from "../wire/wireLimits.js";

/** The options of `as-studio start`, as the command line gives them. */
export interface StartOptions {
  host?: string;
  port?: number;
  socket?: number;
  pipe?: string;
  tokenFile?: string;
  tlsCert?: string;
  tlsKey?: string;
  tlsCa?: string;
  idleSeconds?: number;
  limit?: Partial<WireLimits>;
  detached?: boolean;
  stdio?: boolean;
  log: boolean;
  logFormat?: LogFormat;
  logLevel?: LogLevel;
}

/** Those of the daemon itself; paths no longer depend on the folder that the command was typed in. */
export function daemonOptionsOf(options: StartOptions): DaemonOptions {
  const { host, port, socket, pipe, tokenFile, idleSeconds, limit } = options;
  const tls = tlsFilesOf(options);
  return {
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    ...(socket !== undefined && { socketPort: socket }),
    ...(pipe !== undefined && { pipe: pipeAt(pipe) }),
    ...(tokenFile !== undefined && { tokenFile: resolve(tokenFile) }),
    ...(tls !== undefined && { tls }),
    ...(idleSeconds !== undefined && { idleSeconds }),
    ...(limit !== undefined && { limits: limit }),
  };
}

/** The same as arguments, for another process. */
export function argumentsOf(options: StartOptions): string[] {
  const { host, port, socketPort, pipe, tokenFile, tls = {}, idleSeconds, limits = {} } = daemonOptionsOf(options);
  const given: [string, string | number | undefined][] = [
    ["--host", host],
    ["--port", port],
    ["--socket", socketPort],
    ["--pipe", pipe],
    ["--token-file", tokenFile],
    ["--tls-cert", tls.cert],
    ["--tls-key", tls.key],
    ["--tls-ca", tls.ca],
    ["--idle-seconds", idleSeconds],
    ...Object.entries(limits).map(([name, value]): [string, string] => ["--limit", `${name}=${value}`]),
  ];
  return given.flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)]));
}

export function tlsFilesOf({ tlsCert, tlsKey, tlsCa }: StartOptions): TlsFiles | undefined {
  if (tlsCert === undefined && tlsKey === undefined && tlsCa === undefined) return undefined;
  return {
    ...(tlsCert !== undefined && { cert: resolve(tlsCert) }),
    ...(tlsKey !== undefined && { key: resolve(tlsKey) }),
    ...(tlsCa !== undefined && { ca: resolve(tlsCa) }),
  };
}

function pipeAt(path: string): string {
  return process.platform === "win32" ? path : resolve(path);
}
