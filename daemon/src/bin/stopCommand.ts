import { Command } from "commander";
import { setTimeout as pause } from "node:timers/promises";
import { DaemonClient } from "../client/daemonClient.js";
import { StudioError } from "../errors.js";
import { livingDaemon } from "../home/discoveryFile.js";
import { Home } from "../home/home.js";
import { isAlive } from "../home/isAlive.js";
import { stopDaemon } from "../protocol/index.js";

/** How long a daemon has to end its servers. */
const timeoutMs = 30_000;
const pauseMs = 20;

export function stopCommand(): Command {
  return new Command("stop")
    .description("stop the daemon, and the agent servers that it started")
    .option("--force", "also while scripts that it started run; they go on without it")
    .action(({ force }: { force?: boolean }) => stopRunning(force === true));
}

async function stopRunning(force: boolean): Promise<void> {
  if ((await livingDaemon(Home.open())) === undefined) {
    process.stderr.write("no daemon is running\n");
    return;
  }
  await using client = await DaemonClient.connect();
  const { pid } = client.discovery;
  await client.request(stopDaemon, { force });
  const end = performance.now() + timeoutMs;
  while (isAlive(pid)) {
    if (performance.now() > end) throw StudioError.refused(`process ${pid} has not ended within ${timeoutMs / 1000} s`);
    await pause(pauseMs);
  }
  process.stderr.write("the daemon is stopped\n");
}
