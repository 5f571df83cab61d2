import { readFileSync } from "node:fs";
import { isOutOfDescriptors } from "../processes/descriptors.js";
import { isLoopback } from "./hosts.js";

/** The addresses of a connection, as a socket has them. */
export interface ConnectionEnds {
  remoteAddress?: string | undefined;
  remotePort?: number | undefined;
  localPort?: number | undefined;
}

/**
 * Whether the process at the other end of a connection over loopback is this user's, or the system's. Every user of a machine reaches its
 * loopback ports; Linux tells whose a connection is. True where the system does not; not where it could not be asked, since a stranger can
 * use up all descriptors.
 */
export function isOwnUser({ remoteAddress, remotePort, localPort }: ConnectionEnds): boolean {
  if (process.platform !== "linux" || remotePort === undefined || localPort === undefined) return true;
  if (!isLoopback(remoteAddress ?? "")) return true;
  const ends = { local: hex(remotePort), remote: hex(localPort) };
  try {
    const uids = ["tcp", "tcp6"].flatMap((table) => uidsOf(`/proc/net/${table}`, ends));
    return uids.length === 0 || uids.some((uid) => uid === 0 || uid === process.getuid?.());
  } catch {
    return false;
  }
}

/** As the kernel's tables have ports. */
function hex(port: number): string {
  return `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
}

/**
 * Whose sockets between these ports are, as the other end has them; the first line is a header.
 *
 * @throws Error when no descriptor is left to look.
 */
function uidsOf(table: string, ends: { local: string; remote: string }): number[] {
  try {
    const lines = readFileSync(table, "latin1").split("\n").slice(1);
    return lines.flatMap((line) => {
      const [, local, remote, , , , , uid] = line.trim().split(/\s+/);
      return local?.endsWith(ends.local) === true && remote?.endsWith(ends.remote) === true ? [Number(uid)] : [];
    });
  } catch (error) {
    if (isOutOfDescriptors(error)) throw error;
    return [];
  }
}
