import { logConsole } from "../log/agentConsole.js";
import type { LogFields } from "../log/jsonLine.js";
import type { LogSettings } from "../log/logSettings.js";
import { ServerLog } from "../log/serverLog.js";
import type { AgentHost, HostEvents } from "../runtime/agentHost.js";
import type { HostedAgent } from "../runtime/hostedAgent.js";
import { currentTask, type Task, trackTurns } from "../runtime/task.js";
import { telemetry } from "../telemetry/telemetry.js";

/** So many failed calls are told of in a window; a program whose every call fails must not fill the disk. */
const maxFailures = 100;
const windowMs = 10_000;

/** Tells the log of a worker's calls: of those that fail, and of all where it is to have everything (`debug`). */
export class LoggedCalls implements HostEvents {
  private failures = 0;
  private windowEnds = 0;

  constructor(
    private readonly log: ServerLog,
    private readonly next: HostEvents,
  ) {}

  agentMade(agent: HostedAgent): void {
    this.next.agentMade(agent);
  }

  agentDeleted(agent: HostedAgent): void {
    this.next.agentDeleted(agent);
  }

  callBegun(agent: HostedAgent): void {
    this.next.callBegun(agent);
    this.debug(agent, "begins");
  }

  callEnded(agent: HostedAgent): void {
    this.next.callEnded(agent);
    this.debug(agent, "has ended");
  }

  private debug(agent: HostedAgent, what: string): void {
    if (agent.running === undefined || !this.log.takes("debug")) return;
    this.log.write("debug", `${agent.name}: ${agent.running.method} ${what}`, fieldsOf(agent.running, agent));
  }

  callFailed(agent: HostedAgent, task: Task, error: Error): void {
    const now = performance.now();
    if (now > this.windowEnds) {
      const untold = this.failures - maxFailures;
      if (untold > 0) this.log.write("warn", `${untold} more calls have failed`);
      this.windowEnds = now + windowMs;
      this.failures = 0;
    }
    if (++this.failures > maxFailures) return;
    this.log.write("warn", `a call of ${agent.name} failed: ${error.message}`, fieldsOf(task, agent));
  }
}

/** From now on what agents of the worker print goes to the log, with their ids, where lines are JSON. */
export function logWorkerConsole(log: ServerLog, host: AgentHost): void {
  if (!log.isJson) return;
  // Whose code prints is known through its turn alone.
  trackTurns();
  logConsole(log, () => {
    const task = currentTask();
    return fieldsOf(task, host.inCharge());
  });
}

/** The log of a worker. */
export function workerLog(settings: LogSettings, serverId: string): ServerLog {
  return new ServerLog(settings, { server_id: serverId });
}

function fieldsOf(task: Task | undefined, agent: HostedAgent | undefined): LogFields {
  const { on } = telemetry;
  const span = on?.spanAt(task?.span?.context ?? on.here());
  return {
    run_id: agent?.spec.maker,
    agent_id: agent?.id,
    agent_name: agent?.name,
    task_id: task?.callId,
    trace_id: span?.traceId,
    span_id: span?.spanId,
  };
}
