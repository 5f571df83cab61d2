import { type RunRow, runOutput } from "agentscope-distributed-daemon/protocol";
import type { DaemonClient } from "./daemonClient.js";
import { DaemonFailure } from "./daemonFailure.js";

export interface OutputEvents {
  write: (text: string) => void;
  /** Nothing more will be written. @param run undefined: it is not known any more, `why` says more. */
  ended: (run: RunRow | undefined, why: string) => void;
}

const pageBytes = 64 * 1024;

/**
 * Follows what a run writes, all of it and each byte once, also over daemons that end and are started again: what is told only says
 * that there is more, which is then asked for from where we are.
 *
 * @returns what ends that.
 */
export function followOutput(client: DaemonClient, runId: string, events: OutputEvents): () => void {
  let offset = 0;
  let run: RunRow | undefined;
  let isPulling = false;
  let isBehind = false;
  let stop = () => {};

  const end = (why: string) => {
    stop();
    stop = () => {};
    events.ended(run, why);
  };
  const pull = async (): Promise<void> => {
    isBehind = true;
    if (isPulling) return;
    isPulling = true;
    try {
      while (isBehind) {
        isBehind = false;
        // Its last words are there when its end is told.
        const told = run;
        for (let total = Infinity; offset < total; ) {
          const page = await client.request(runOutput, { runId, offset, limit: pageBytes });
          if (page.text !== "") events.write(page.text);
          ({ end: offset, total } = page);
        }
        if (told && told.state !== "running" && !isBehind) end("");
      }
    } catch (error) {
      // A daemon that has gone is followed by another, which tells the run anew.
      if (DaemonFailure.from(error).code === "refused") end(DaemonFailure.from(error).message);
    } finally {
      isPulling = false;
    }
  };
  stop = client.watch({ topic: "run", runId }, (event) => {
    if (event.kind === "ended") end(event.reason);
    if (event.kind !== "run") return;
    run = event.run;
    void pull();
  });
  return () => stop();
}
