import { resolve } from "node:path";
import type { DaemonOptions } from "../daemonOptions.js";
import type { WireLimits } from "../wire/wireLimits.js";

/** The options of `as-studio start`, as the command line gives them. */
export interface StartOptions {
  host?: string;
  port?: number;
  socket?: number;
  pipe?: string;
  tokenFile?: string;
  idleSeconds?: number;
  limit?: Partial<WireLimits>;
  detached?: boolean;
  stdio?: boolean;
  log: boolean;
}

/** Those of the daemon itself; paths no longer depend on the folder that the command was typed in. */
export function daemonOptionsOf(options: StartOptions): DaemonOptions {
  const { host, port, socket, pipe, tokenFile, idleSeconds, limit } = options;
  return {
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    ...(socket !== undefined && { socketPort: socket }),
    ...(pipe !== undefined && { pipe: pipeAt(pipe) }),
    ...(tokenFile !== undefined && { tokenFile: resolve(tokenFile) }),
    ...(idleSeconds !== undefined && { idleSeconds }),
    ...(limit !== undefined && { limits: limit }),
  };
}

/** The same as arguments, for another process. */
export function argumentsOf(options: StartOptions): string[] {
  const { host, port, socketPort, pipe, tokenFile, idleSeconds, limits = {} } = daemonOptionsOf(options);
  const given: [string, string | number | undefined][] = [
    ["--host", host],
    ["--port", port],
    ["--socket", socketPort],
    ["--pipe", pipe],
    ["--token-file", tokenFile],
    ["--idle-seconds", idleSeconds],
    ...Object.entries(limits).map(([name, value]): [string, string] => ["--limit", `${name}=${value}`]),
  ];
  return given.flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)]));
}

function pipeAt(path: string): string {
  return process.platform === "win32" ? path : resolve(path);
}
