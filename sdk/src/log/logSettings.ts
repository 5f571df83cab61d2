import { InvalidArgumentError } from "../errors.js";

export const logFormats = ["text", "json"] as const;
export type LogFormat = (typeof logFormats)[number];

/** The least serious first. */
export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

/** How a server or a daemon logs. */
export interface LogSettings {
  format: LogFormat;
  /** What is less serious is left out. */
  level: LogLevel;
}

/** The same as options of a command, in the environment. */
const logEnvironment = { format: "AGENTSCOPE_LOG_FORMAT", level: "AGENTSCOPE_LOG_LEVEL" } as const;

/**
 * What the options of a command say of its log, then the environment; `text` and `info` unless one of them does.
 *
 * @param options `log` false: errors alone.
 * @throws InvalidArgumentError naming the variable that can't be used.
 */
export function logSettings(options: { log: boolean; logFormat?: LogFormat; logLevel?: LogLevel }): LogSettings {
  const { log, logFormat, logLevel } = options;
  return {
    format: logFormat ?? chosen(logEnvironment.format, logFormats) ?? "text",
    level: log ? (logLevel ?? chosen(logEnvironment.level, logLevels) ?? "info") : "error",
  };
}

function chosen<Value extends string>(variable: string, values: readonly Value[]): Value | undefined {
  const said = process.env[variable]?.trim().toLowerCase() || undefined;
  if (said === undefined) return undefined;
  const value = values.find((one) => one === said);
  if (value === undefined) {
    throw new InvalidArgumentError(`${variable} is ${JSON.stringify(said)}; it must be one of ${values.join(", ")}`);
  }
  return value;
}

/** Whether a line of this level is written. */
export function isLogged(level: LogLevel, settings: LogSettings): boolean {
  return logLevels.indexOf(level) >= logLevels.indexOf(settings.level);
}
