import { InvalidArgumentError } from "../errors.js";
import type { ClientTls } from "../link/grpcClient.js";
import { type Discovery, readDiscovery } from "./discovery.js";

/** Environment variables by which a daemon tells the processes that it starts about itself, and a person any other. */
export const studioEnvironment = {
  /** `http://HOST:PORT` or `https://HOST:PORT`; `off`: no daemon, not even the one that could be found. */
  url: "AGENTSCOPE_STUDIO_URL",
  token: "AGENTSCOPE_STUDIO_TOKEN",
  /** Each a PEM text or the path of a file with it: who has signed the daemon's certificate, and a certificate with its key for it. */
  tlsCa: "AGENTSCOPE_STUDIO_TLS_CA",
  tlsCert: "AGENTSCOPE_STUDIO_TLS_CERT",
  tlsKey: "AGENTSCOPE_STUDIO_TLS_KEY",
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
  /** `http://HOST:PORT` or `https://HOST:PORT` */
  url: string;
  token: string | undefined;
  /** For https; undefined: what Node trusts, and no certificate of one's own. */
  tls?: ClientTls;
  /** Where this user's own daemon listens, too, for those that were told of no certificate. */
  pipe?: string;
  /** Whether somebody named it; else it was found, and its absence is no error. */
  isNamed: boolean;
}

/** What names a daemon, if something does and it is not `off`: the option, else the environment. */
export function namedStudio(named: string | undefined, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const url = named ?? (env[studioEnvironment.url] || undefined);
  return url === "off" ? undefined : url;
}

/** What options say of a daemon goes before what the environment says. */
export function withStudioAccess(
  { token, tls }: { token?: string | undefined; tls?: ClientTls | undefined },
  env: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  return {
    ...env,
    ...(token !== undefined && { [studioEnvironment.token]: token }),
    ...(tls !== undefined && {
      [studioEnvironment.tlsCa]: tls.ca,
      [studioEnvironment.tlsCert]: tls.cert,
      [studioEnvironment.tlsKey]: tls.key,
    }),
  };
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
  const tls = tlsIn(env);
  if (url === undefined) return found && { ...ownAddress(found, tls), isNamed: false };
  const checked = checkStudioUrl(url);
  const token = env[studioEnvironment.token] || undefined;
  // The token outlives a daemon, and tells that the one that is found is the one that was named, wherever it listens by now.
  if (found !== undefined && (token === found.token || sameEnd(checked, found.url))) {
    return { ...ownAddress(found, tls), url: token === found.token ? found.url : checked, isNamed: true };
  }
  return { url: checked, token, ...(tls !== undefined && { tls }), isNamed: true };
}

/** @throws InvalidArgumentError */
export function checkStudioUrl(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isWeb = parsed?.protocol === "http:" || parsed?.protocol === "https:";
  if (isWeb && parsed.hostname !== "" && /^\/?$/.test(parsed.pathname)) return parsed.origin;
  throw new InvalidArgumentError(
    `the studio url is ${JSON.stringify(url)}; it must be http://HOST:PORT or https://HOST:PORT, as as-studio prints it when it starts`,
  );
}

/** That of this user's own daemon: with a certificate that this process was told nothing of, it is reached by its pipe. */
function ownAddress({ url, token, pipe }: Discovery, tls: ClientTls | undefined): Omit<StudioAddress, "isNamed"> {
  if (tls !== undefined) return { url, token, tls };
  return { url, token, ...(url.startsWith("https:") && { pipe }) };
}

function tlsIn(env: NodeJS.ProcessEnv): ClientTls | undefined {
  const { tlsCa, tlsCert, tlsKey } = studioEnvironment;
  const [ca, cert, key] = [tlsCa, tlsCert, tlsKey].map((name) => env[name] || undefined);
  if (ca === undefined && cert === undefined && key === undefined) return undefined;
  return { ...(ca !== undefined && { ca }), ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) };
}

function sameEnd(a: string, b: string): boolean {
  const [one, other] = [new URL(a), new URL(b)];
  const isLoopback = (host: string) => host === "localhost" || host === "[::1]" || host.startsWith("127.");
  return (
    one.protocol === other.protocol &&
    one.port === other.port &&
    (one.hostname === other.hostname || (isLoopback(one.hostname) && isLoopback(other.hostname)))
  );
}
