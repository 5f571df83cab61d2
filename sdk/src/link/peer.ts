import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** What a process says of itself when a link is opened. */
export interface PeerInfo {
  /** Unique for each start of a process: tells a server from one that was started again at its address. */
  instance: string;
  /** Where it listens, as the one who connected named it (`host:port`); empty for a process that does not. */
  address: string;
  /** Its server id, for people; empty for a process that is no server. */
  serverId: string;
  /** Its workers that take new agents. */
  lanes: LaneLoad[];
  /** The same for processes that can reach each other over loopback. */
  machine: string;
  /** The same for servers that let each other in: tells of the token without telling it. */
  realm: string;
  /** Whether a debugger may hold it up for longer than any time limit. */
  debugged?: boolean;
  /** Whether its address is a daemon's, which passes on what comes there: where nobody listens the daemon is gone, and not the server. */
  viaStudio?: boolean;
  /** Whether it knows calls that stand in a trace (operation `callInTrace`); a process of before that does not say it. */
  readsTraces?: boolean;
}

/** How much a worker has to do. */
export interface LaneLoad {
  lane: number;
  agents: number;
  /** Its event loop has not come round for a while: an agent computes, or loops. */
  stuck: boolean;
}

/** What this process says of itself, as long as it has no address; every process of this version knows what all of them know. */
export function ownPeer({ instance, serverId = "" }: { instance: string; serverId?: string }): PeerInfo {
  return { instance, address: "", serverId, lanes: [], machine: thisMachine(), realm: "", readsTraces: true };
}

// Once: a process with no descriptor left to read it would be on another machine.
const machine = [
  hostname(),
  readOr("/proc/sys/kernel/random/boot_id", readFileText),
  readOr("/proc/self/ns/net", readlinkSync),
]
  .join("/")
  .trim();

/** What tells whether two processes share a loopback network: host, boot, and network namespace. */
export function thisMachine(): string {
  return machine;
}

function readFileText(path: string): string {
  return readFileSync(path, "utf8").trim();
}

/** These files are Linux's own; elsewhere the host name has to do. */
function readOr(path: string, read: (path: string) => string): string {
  try {
    return read(path);
  } catch {
    return "";
  }
}

/** Whether a host name or address means the machine itself. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** `host:port`, with brackets around an IPv6 address. */
export function formatAddress(host: string, port: number): string {
  return host.includes(":") && !host.startsWith("[") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The host of `host:port`. */
export function hostOf(address: string): string {
  return address.slice(0, address.lastIndexOf(":"));
}
