import { connectServer, type ServerRow } from "agentscope-distributed-daemon/protocol";
import { formatAddress } from "agentscope-distributed/studio";
import type { LogOutputChannel } from "vscode";
import type { DaemonClient } from "../daemon/daemonClient.js";
import type { DaemonState } from "../daemon/daemonState.js";
import type { KeptSecrets } from "./serverSecrets.js";

/**
 * Tells a daemon that was started again what the servers want to see that this editor has connected to before: it keeps that in memory alone.
 * Once for each server and daemon; gives what ends it.
 */
export function unlockServers(
  secrets: KeptSecrets,
  { client, state, log }: { client: DaemonClient; state: DaemonState; log: LogOutputChannel },
): () => void {
  const told = new Set<string>();

  async function unlock({ host, port }: ServerRow): Promise<void> {
    const address = formatAddress(host, port);
    const kept = await secrets.of(address);
    if (kept === undefined) return;
    // A failure is shown where the server is listed; its reason names no secret.
    await client.request(connectServer, { host, port, ...kept }).catch((error: unknown) => {
      log.warn(`the server at ${address} could not be connected to again: ${(error as Error).message}`);
    });
  }

  return state.changed.on(() => {
    const daemon = client.discovery?.instance ?? "";
    for (const row of state.servers.values()) {
      const isLocked = row.kind === "remote" && row.state === "unreachable" && row.access !== "open";
      const key = `${daemon} ${row.serverId}`;
      if (!isLocked || told.has(key)) continue;
      told.add(key);
      void unlock(row);
    }
  });
}
