import { Command } from "commander";
import { setTimeout as pause } from "node:timers/promises";
import { DaemonClient } from "../client/daemonClient.js";
import { StudioError } from "../errors.js";
import { livingDaemon } from "../home/discoveryFile.js";
import { Home } from "../home/home.js";
import { isAlive } from "../home/isAlive.js";
import { stopDaemon, stopRun, stopServer } from "../protocol/index.js";
import type { Asking } from "../terminal/asking.js";
import { findStoppable } from "../terminal/findThing.js";
import { printable } from "../terminal/printable.js";
import { withDaemon } from "./withDaemon.js";

/** How long a daemon has to end its servers. */
const timeoutMs = 30_000;
const pauseMs = 20;

export function stopCommand(): Command {
  return new Command("stop")
    .description("stop the daemon, and the agent servers that it started; or one server, or run")
    .argument("[server or run]", "its id, or the beginning of its id")
    .option("--force", "also while scripts that it started run; they go on without it")
    .action((typed: string | undefined, { force }: { force?: boolean }) =>
      typed === undefined ? stopRunning(force === true) : withDaemon((daemon) => stopOne(daemon, typed)),
    );
}

async function stopOne(daemon: Asking, typed: string): Promise<void> {
  const { serverId, runId } = await findStoppable(daemon, typed);
  if (serverId === undefined) await daemon.request(stopRun, { runId });
  else await daemon.request(stopServer, { serverId });
  process.stderr.write(`${printable(serverId ?? runId)} is stopped\n`);
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
