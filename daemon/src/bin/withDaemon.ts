import { DaemonClient } from "../client/daemonClient.js";

/** Does something with the daemon that is running. @throws StudioError when there is none. */
export async function withDaemon(act: (daemon: DaemonClient) => Promise<void>): Promise<void> {
  // Whoever reads may have enough: `as-studio ps | head -1`.
  process.stdout.on("error", () => process.exit());
  await using daemon = await DaemonClient.connect();
  await act(daemon);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
