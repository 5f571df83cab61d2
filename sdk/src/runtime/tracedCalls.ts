import { telemetry, type Telemetry } from "../telemetry/telemetry.js";
import type { Task } from "./task.js";

// Where the calls of this thread's agents stand in traces (telemetry/). Those of the process itself stand in none.

/** A call of an agent of this thread, made in this thread. */
export function traceLocal(on: Telemetry, task: Task, result: object): void {
  const { agent, method, args } = task;
  if (agent.endsWithCaller) return;
  const parent = on.here();
  const call = { method, parent, args, result, isRemote: false };
  task.span = agent.passesOn ? on.passedCall(parent) : on.arrivedCall(agent, call);
}

/** A call has come from elsewhere, with the headers of its trace, if its caller has told them. */
export function traceArrived(on: Telemetry, task: Task, headers: readonly string[]): void {
  const { agent, method } = task;
  if (agent.endsWithCaller) return;
  const parent = on.fromWire(headers);
  // With those whose results it was given its caller has linked it.
  const call = { method, parent, args: [], result: undefined, isRemote: true };
  task.span = agent.passesOn ? on.passedCall(parent) : on.arrivedCall(agent, call);
}

export function endTraced(task: Task, state: "done" | "failed", outcome: unknown): void {
  task.span?.end(state === "failed" ? (outcome as Error) : undefined);
  task.span = undefined;
}

/** The script has nothing left to do. */
export function endTracedRun(): void {
  telemetry.on?.endRun();
  void flushTelemetry();
}

/** Sends what this thread has not told yet. */
export async function flushTelemetry(): Promise<void> {
  await telemetry.on?.flush();
}
