import { currentTask } from "../runtime/task.js";
import { CallLog, callWatch } from "../studio/callLog.js";
import type { FromWorker } from "./workerMessages.js";

/** Tells the I/O thread of the calls of this worker from now on; without an instance no longer. */
export function watchWorkerCalls(
  { lane, post }: { lane: number; post: (message: FromWorker) => void },
  instance: string | undefined,
): void {
  callWatch.log?.flush();
  callWatch.log =
    instance === undefined
      ? undefined
      : new CallLog({
          localCaller: `${instance}-local.${lane}`,
          tell: (batch) => post(["calls", batch]),
          turn: () => currentTask()?.callId,
        });
}
