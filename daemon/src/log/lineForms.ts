import { jsonLine } from "agentscope-distributed/studio";
import type { LogLevel, LogLine } from "../protocol/model.js";

/** How levels are called where logs are collected. */
export const commonLevels = { info: "info", warning: "warn", error: "error" } as const satisfies Record<
  LogLevel,
  string
>;

/** A line for the terminal. */
export function terminalLine({ atMs, level, source, text }: LogLine): string {
  const time = new Date(atMs).toISOString().slice(11, 19);
  return `${time} ${level === "info" ? "" : `${level}: `}${source === "daemon" ? "" : `${source}: `}${text}\n`;
}

/** A line for programs that collect logs. */
export function collectedLine({ atMs, level, source, text, about }: LogLine): string {
  return jsonLine(commonLevels[level], text, { atMs, source, ...about });
}
