import type { MessageRecord } from "../protocol/index.js";
import { printable } from "./printable.js";

/** A message as it is read: who, when, and what. */
export function messageText({ name, role, timestamp, content }: MessageRecord): string {
  const text = printable(typeof content === "string" ? content : JSON.stringify(content));
  const lines = text.split("\n").map((line) => `  ${line}`);
  return `${printable(name)} (${printable(role)}, ${printable(timestamp)})\n${lines.join("\n")}\n`;
}
