import type { LogLevel } from "./logSettings.js";

/** What a line is about; snake_case, as collectors of logs have it (`trace_id` and `span_id` are OpenTelemetry's names). */
export interface LogFields {
  /** `daemon`, or the id of a server or run. */
  source?: string | undefined;
  server_id?: string | undefined;
  /** Instance of the process of the script that the agent is for. */
  run_id?: string | undefined;
  agent_id?: string | undefined;
  agent_name?: string | undefined;
  /** The call, as the daemon and its clients name it. */
  task_id?: string | undefined;
  trace_id?: string | undefined;
  span_id?: string | undefined;
}

/** A line of a log as JSON, with its end of line; fields without a value are left out. */
export function jsonLine(
  level: LogLevel,
  msg: string,
  { atMs = Date.now(), ...fields }: LogFields & { atMs?: number },
): string {
  return `${JSON.stringify({ time: new Date(atMs).toISOString(), level, msg, ...fields })}\n`;
}
