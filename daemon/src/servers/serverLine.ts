import { readJsonLine } from "agentscope-distributed/studio";
import type { Said } from "../log/logBook.js";
import type { LogLevel } from "../protocol/model.js";

/** What a server has printed in a line: where it logs as JSON, that which it says of the line itself. */
export function serverLine(line: string, serverId: string): { level: LogLevel; said: Said } {
  const read = readJsonLine(line);
  if (read === undefined) return { level: "info", said: { text: line, about: { server_id: serverId } } };
  const { level, msg: text, fields } = read;
  const known = level === "warn" ? "warning" : level === "error" ? "error" : "info";
  return { level: known, said: { text, about: { ...fields, server_id: serverId } } };
}
