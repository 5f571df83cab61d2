import { listRuns, listServers, stopRun, stopServer } from "agentscope-distributed-daemon/protocol";
import { until } from "../processes/until.js";
import type { Editor } from "./editor.js";

/** Stops the runs that go on. */
export async function endRuns(daemon: Editor): Promise<void> {
  const running = async () => {
    const { rows } = await daemon.ask(listRuns, { offset: 0, limit: 100 });
    return rows.filter(({ state }) => state === "running");
  };
  // One that has ended meanwhile can't be stopped.
  for (const { runId } of await running()) await daemon.ask(stopRun, { runId }).catch(() => {});
  await until(async () => (await running()).length === 0, { timeoutMs: 30_000, what: "the end of all runs" });
}

/** Stops the servers that the daemon started. */
export async function endManagedServers(daemon: Editor): Promise<void> {
  const servers = await daemon.ask(listServers, {});
  for (const { serverId, kind } of servers) if (kind === "managed") await daemon.ask(stopServer, { serverId });
}
