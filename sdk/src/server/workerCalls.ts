import type { AgentHost } from "../runtime/agentHost.js";
import { currentTask } from "../runtime/task.js";
import { tellRunning } from "../runtime/toldCalls.js";
import { CallLog, callWatch } from "../studio/callLog.js";
import type { FromWorker } from "./workerMessages.js";

/** Tells the I/O thread of the calls of this worker from now on, those that run included; without an instance no longer. */
export function watchWorkerCalls(
  { lane, host, post }: { lane: number; host: AgentHost; post: (message: FromWorker) => void },
  instance: string | undefined,
): void {
  callWatch.log?.flush();
  callWatch.log = undefined;
  if (instance === undefined) return;
  const log = new CallLog({
    localCaller: `${instance}-local.${lane}`,
    tell: (batch) => post(["calls", batch]),
    turn: () => currentTask()?.callId,
  });
  callWatch.log = log;
  for (const task of host.running) tellRunning(log, task);
}
