import { AgentCallError, type AgentLabel, type AgentScopeError } from "../errors.js";
import { CallResult } from "../messages/callResult.js";
import { LargeValue } from "../messages/largeValue.js";
import { sizeOf } from "../messages/valueCodec.js";
import type { CalledAgent, CallEnd } from "../studio/callBatch.js";
import { type CallLog, type CallMade, callWatch } from "../studio/callLog.js";
import { thrownSite } from "../studio/thrownSite.js";
import { idOfMeant } from "./relayId.js";
import type { Task } from "./task.js";

// What this thread tells of its calls to whoever watches (studio/callLog.ts), at both ends of them.

interface Agent {
  readonly label: AgentLabel;
  readonly className: string;
}

/** A call that goes out over a session, or went nowhere. */
interface Made {
  caller: string;
  seq: number;
  method: string;
  args: readonly unknown[];
  /** When that was, if not now. */
  made: CallMade | undefined;
}

/** A call was made that is told of. */
export function tellMade(log: CallLog, agent: Agent, { caller, seq, method, args, made }: Made): void {
  log.opened();
  const call = { caller, seq, agent: toldAgent(agent), method, made: made ?? log.madeNow() };
  whenNamed(args, (inputs) => log.made({ ...call, inputs }));
}

/** A call that could not even be sent. */
export function tellUnsent(
  log: CallLog,
  agent: Agent,
  { error, ...call }: Omit<Made, "caller" | "seq"> & { error: AgentScopeError },
): void {
  const [caller, seq] = [log.localCaller, log.nextLocal()];
  if (!log.tellsMade(seq)) return;
  tellMade(log, agent, { ...call, caller, seq });
  log.ended(caller, seq, failedEnd(error));
}

/** A call of an agent of this thread, made in this thread. */
export function tellLocal(log: CallLog, task: Task): void {
  const { agent, seq, method, args } = task;
  const caller = log.localCaller;
  if (!log.tellsMade(seq)) return;
  tellMade(log, agent, { caller, seq, method, args, made: undefined });
  task.told = true;
  log.arrived({ caller, seq, agent: toldAgent(agent), method });
}

/** A call has come from elsewhere. */
export function tellArrived(log: CallLog, task: Task): void {
  const { agent, seq, method, sink } = task;
  if (sink.callerName === undefined || !log.tellsArrived(seq)) return;
  task.told = true;
  log.opened();
  log.arrived({ caller: sink.callerName, seq, agent: toldAgent(agent), method });
}

/** The turn of a told call begins. */
export function tellBegun({ sink, seq }: Task): void {
  if (sink.callerName !== undefined) callWatch.log?.begun(sink.callerName, seq);
}

/** A call whose turn is on since before anybody watched. */
export function tellRunning(log: CallLog, task: Task): void {
  tellArrived(log, task);
  const { sink, seq, since, told } = task;
  if (told && sink.callerName !== undefined) log.begun(sink.callerName, seq, Date.now() - (performance.now() - since));
}

/** A told call ends, and how. */
export function tellEnded({ sink, seq }: Task, state: "done" | "failed", outcome: unknown): void {
  const { log } = callWatch;
  if (log === undefined || sink.callerName === undefined) return;
  const end = state === "failed" ? failedEnd(outcome as AgentScopeError) : readyEnd(outcome);
  log.ended(sink.callerName, seq, end);
}

/** The result of a told call was dropped, and nobody had fetched it. */
export function tellDropped({ sink, seq, outcome }: Task): void {
  if (sink.callerName === undefined || !(outcome instanceof LargeValue)) return;
  const error = "its value was dropped: too old (maxTimeoutSeconds), or pushed out by newer ones (maxPoolSize)";
  callWatch.log?.lateEnd(sink.callerName, seq, { outcome: "expired", error });
}

function readyEnd(outcome: unknown): CallEnd {
  return { outcome: "ready", sizeBytes: outcome instanceof LargeValue ? outcome.sizeBytes : sizeOf(outcome) };
}

/** How a call is told of that ended with this error. */
export function failedEnd(error: AgentScopeError): CallEnd {
  const { code, chain, message } = error;
  if (code === "PLACEHOLDER_EXPIRED" && chain.length === 0) return { outcome: "expired", error: message };
  // That the server of an input is lost is no loss of this call.
  if (code === "SERVER_NOT_ALIVE" && chain.length === 0) return { outcome: "lost", error: message };
  const stack = error instanceof AgentCallError && chain.length === 0 ? error.remoteStack : undefined;
  const thrownAt = stack === undefined ? undefined : thrownSite(stack);
  return { outcome: "failed", error: message, ...(thrownAt !== undefined && { thrownAt }) };
}

function toldAgent({ label, className }: Agent): CalledAgent {
  const { id, name, server } = label;
  // Who passes calls on stands for the agent.
  return { agentId: idOfMeant(id), name, className, server };
}

/** Calls back with the ids of the calls whose results are among the arguments: at once, and again if some get theirs later. */
function whenNamed(args: readonly unknown[], callback: (ids: string[]) => void): void {
  const results = args.flat().filter((arg) => arg instanceof CallResult);
  const ids = () => results.flatMap((result) => result.source?.callId?.(result) ?? []);
  const named = ids();
  callback(named);
  if (named.length === results.length) return;
  let unnamed = 0;
  for (const { source } of results) {
    if (source?.whenNamed === undefined) continue;
    unnamed++;
    source.whenNamed(() => {
      if (--unnamed === 0 && ids().length > named.length) callback(ids());
    });
  }
}
