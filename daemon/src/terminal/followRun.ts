import { once } from "node:events";
import type { DaemonClient } from "../client/daemonClient.js";
import { StudioError } from "../errors.js";
import { getRun, runOutput, type RunRow } from "../protocol/index.js";
import { watching } from "./watching.js";

/** What is asked for at a time, in bytes. */
const pageBytes = 256 * 1024;
/** Something may have been written, and its telling been lost. */
const lookEveryMs = 1000;

/**
 * Prints what a run writes, as it writes it; gives the run when that is done.
 *
 * @param options `isFollowed`: until the run has ended; else what is there.
 * @throws StudioError when the daemon ends: the run goes on without it.
 */
export async function followRun(
  daemon: DaemonClient,
  runId: string,
  { isFollowed }: { isFollowed: boolean },
): Promise<RunRow> {
  const bell = new Bell();
  if (isFollowed) {
    await watching(daemon.connection, { topic: "run", runId }, () => bell.ring());
    daemon.connection.onClose(() => bell.ring());
  }
  let offset = 0;
  for (;;) {
    try {
      // Before the output is read, so that what a run wrote at last is read, too.
      const run = await daemon.request(getRun, { runId });
      offset = await printFrom(daemon, runId, offset);
      if (!isFollowed || run.state !== "running") return run;
    } catch (error) {
      const { code, message } = StudioError.from(error);
      throw new StudioError(code, `${message}; the run goes on (as-studio logs ${runId} --follow)`, { cause: error });
    }
    await bell.rings(lookEveryMs);
  }
}

async function printFrom(daemon: DaemonClient, runId: string, from: number): Promise<number> {
  for (let offset = from; ; ) {
    const { text, end, total } = await daemon.request(runOutput, { runId, offset, limit: pageBytes });
    // Whoever reads slowly is not sent more than is read.
    if (!process.stdout.write(text)) await once(process.stdout, "drain");
    if (end >= total || end === offset) return end;
    offset = end;
  }
}

/** What happens while nobody waits is not forgotten. */
class Bell {
  private hasRung = false;
  private wake: () => void = () => {};

  ring(): void {
    this.hasRung = true;
    this.wake();
  }

  async rings(atLatestMs: number): Promise<void> {
    if (!this.hasRung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, atLatestMs);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.hasRung = false;
  }
}
