import { isIP } from "node:net";
import { hostname } from "node:os";

/** Whether a host name or address means the machine itself. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, "").replace(/^::ffff:/i, "");
  return bare === "localhost" || bare.endsWith(".localhost") || bare === "::1" || /^127\.\d+\.\d+\.\d+$/.test(bare);
}

/** The host of a `Host` header, without its port and an IPv6 address's brackets; undefined when it is none. */
export function hostIn(header: string | undefined): string | undefined {
  if (header === undefined || !URL.canParse(`http://${header}`)) return undefined;
  const { hostname: host, host: whole, pathname, username } = new URL(`http://${header}`);
  if (pathname !== "/" || username !== "" || whole === "") return undefined;
  return host.replace(/^\[|\]$/g, "").toLowerCase();
}

/**
 * Whether a request really means this daemon. A page of a stranger's site can make its site's name resolve to this machine, but can't
 * choose the name: so names are refused but those of the machine, and addresses are not.
 *
 * @param ownHost what the daemon was told to listen on
 */
export function isOwnHost(host: string | undefined, ownHost: string): boolean {
  if (host === undefined) return false;
  return isIP(host) !== 0 || isLoopback(host) || [ownHost, hostname()].some((own) => own.toLowerCase() === host);
}

/** What the daemon is reached at, by programs of its machine at least: `0.0.0.0` is no address to connect to. */
export function urlOf(host: string, port: number): string {
  const reachable = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${isIP(reachable) === 6 ? `[${reachable}]` : reachable}:${port}`;
}
