import { stopDaemon } from "agentscope-distributed-daemon/protocol";
import type { DaemonClient } from "./daemonClient.js";
import { DaemonFailure } from "./daemonFailure.js";
import { timeLimit } from "./timeLimit.js";

/**
 * Ends the daemon, by force when it does not do so itself, and lets the client start another one. Resolves when that is there.
 *
 * @throws DaemonFailure when none could be started.
 */
export async function restartDaemon(client: DaemonClient, graceMs = 5_000): Promise<void> {
  const { state } = client;
  const next = nextDaemon(client);
  try {
    if (state.kind === "connected") {
      const { connection } = state;
      const failure = () => new DaemonFailure("silent", "The daemon did not end.");
      // A daemon that is frozen answers nothing and hears no polite signal.
      await connection.request(stopDaemon, { force: true }, { timeoutMs: graceMs }).catch(() => {});
      await timeLimit(connection.ended, { timeoutMs: graceMs, failure }).catch(() => kill(connection.discovery.pid));
    }
    client.retry();
    await next.ready;
  } finally {
    next.stop();
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (cause) {
    // It ended in this moment.
    if ((cause as NodeJS.ErrnoException).code !== "ESRCH") throw DaemonFailure.from(cause);
  }
}

/** Settles with the first attempt to join a daemon that begins from now on. */
function nextDaemon(client: DaemonClient): { ready: Promise<void>; stop: () => void } {
  let begun = false;
  let stop = () => {};
  const ready = new Promise<void>((resolve, reject) => {
    stop = client.stateChanged.on((state) => {
      if (state.kind === "connecting") begun = true;
      else if (state.kind === "connected" && begun) resolve();
      else if (state.kind === "down" && begun) reject(state.failure);
    });
  });
  // The caller may fail before it waits for it.
  ready.catch(() => {});
  return { ready, stop };
}
