import { type LogLevel, logLevels } from "./logSettings.js";

/** What a line is about; snake_case, as collectors of logs have it (`trace_id` and `span_id` are OpenTelemetry's names). */
export interface LogFields {
  /** `daemon`, or the id of a server or run. */
  source?: string | undefined;
  server_id?: string | undefined;
  /** The run that the agent is for: instance of the process of its script; in the daemon's own lines the run's id there. */
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

/** What such a line says; undefined for any other line, whoever has written it. */
export function readJsonLine(line: string): { level: LogLevel; msg: string; fields: LogFields } | undefined {
  if (!line.startsWith('{"time":"')) return undefined;
  try {
    const { time: _, level, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
    const known = logLevels.find((one) => one === level);
    const isText = typeof msg === "string" && Object.values(fields).every((value) => typeof value === "string");
    return known !== undefined && isText ? { level: known, msg, fields } : undefined;
  } catch {
    return undefined;
  }
}
