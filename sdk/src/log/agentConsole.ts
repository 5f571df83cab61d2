import { format } from "node:util";
import type { LogFields } from "./jsonLine.js";
import type { LogLevel } from "./logSettings.js";
import type { ServerLog } from "./serverLog.js";

const levels = { debug: "debug", log: "info", info: "info", warn: "warn", error: "error" } as const satisfies Record<
  string,
  LogLevel
>;

/**
 * What code of this thread says by `console` goes to the log, with what is known of who says it. Only where lines are JSON: a
 * person reads the rest as it was written.
 *
 * @param about who runs.
 */
export function logConsole(log: ServerLog, about: () => LogFields): void {
  if (!log.isJson) return;
  for (const [name, level] of Object.entries(levels) as [keyof typeof levels, LogLevel][]) {
    console[name] = (...args: unknown[]) => log.write(level, format(...args), about());
  }
}
