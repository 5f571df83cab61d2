import { InvalidArgumentError } from "../errors.js";
import { readDiscovery } from "./discovery.js";

/** Environment variables by which a daemon tells the processes that it starts about itself, and a person any other. */
export const studioEnvironment = {
  /** `http://HOST:PORT`; `off`: no daemon, not even the one that could be found. */
  url: "AGENTSCOPE_STUDIO_URL",
  token: "AGENTSCOPE_STUDIO_TOKEN",
  /** The run that a script is. */
  runId: "AGENTSCOPE_RUN_ID",
} as const;

/** The HTTP path on which a connection for JSON-RPC is asked for (`Upgrade: agentscope-rpc`). */
export const rpcPath = "/rpc";
export const rpcUpgrade = "agentscope-rpc";
/** The HTTP path, followed by its id, on which a server opens a tunnel that it was asked for (`Upgrade: agentscope-tunnel`). */
export const tunnelPath = "/tunnel/";
export const tunnelUpgrade = "agentscope-tunnel";

/** Where a daemon is, and what it wants to see. */
export interface StudioAddress {
  /** `http://HOST:PORT` */
  url: string;
  token: string | undefined;
  /** Whether somebody named it; else it was found, and its absence is no error. */
  isNamed: boolean;
}

/** What names a daemon, if something does and it is not `off`: the option, else the environment. */
export function namedStudio(named: string | undefined, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const url = named ?? (env[studioEnvironment.url] || undefined);
  return url === "off" ? undefined : url;
}

/**
 * The daemon that this process has to do with: the one that is named (option, then environment), else the user's own, found by its
 * discovery file. Asked again for each connection: a daemon that was started again may have another port and token.
 *
 * @throws InvalidArgumentError when the name is no http address.
 */
export function studioAddress(
  named: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): StudioAddress | undefined {
  const url = named ?? (env[studioEnvironment.url] || undefined);
  if (url === "off") return undefined;
  const found = readDiscovery();
  if (url === undefined) return found && { url: found.url, token: found.token, isNamed: false };
  const checked = checkStudioUrl(url);
  const token = env[studioEnvironment.token] || undefined;
  if (found === undefined) return { url: checked, token, isNamed: true };
  // The token outlives a daemon, and tells that the one that is found is the one that was named, wherever it listens by now.
  if (token === found.token) return { url: found.url, token, isNamed: true };
  return { url: checked, token: sameEnd(checked, found.url) ? found.token : token, isNamed: true };
}

/** @throws InvalidArgumentError */
export function checkStudioUrl(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol === "http:" && parsed.hostname !== "" && /^\/?$/.test(parsed.pathname)) return parsed.origin;
  throw new InvalidArgumentError(
    `the studio url is ${JSON.stringify(url)}; it must be http://HOST:PORT, as as-studio prints it when it starts`,
  );
}

function sameEnd(a: string, b: string): boolean {
  const [one, other] = [new URL(a), new URL(b)];
  const isLoopback = (host: string) => host === "localhost" || host === "[::1]" || host.startsWith("127.");
  return (
    one.port === other.port &&
    (one.hostname === other.hostname || (isLoopback(one.hostname) && isLoopback(other.hostname)))
  );
}
