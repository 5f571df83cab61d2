import type { MessageRecord } from "agentscope-distributed-daemon/protocol";

/**
 * A memory as Markdown, so that two moments of it differ in the messages that came, went or changed, and in nothing else: each
 * message has its own lines, and none that says how many there are.
 */
export function memoryText(name: string, messages: readonly MessageRecord[]): string {
  const title = `# Memory of ${oneLine(name)}\n`;
  if (messages.length === 0) return `${title}\nNothing yet.\n`;
  return [title, ...messages.map(messageText)].join("\n");
}

function messageText({ name, role, timestamp, content, url, metadata }: MessageRecord): string {
  const said = typeof content === "string" ? content : json(content);
  const files = [url].flat().filter((address) => typeof address === "string");
  const parts = [
    `## ${oneLine(name)} (${oneLine(role)}, ${oneLine(timestamp)})`,
    said,
    ...files.map((address) => `<${oneLine(address)}>`),
    metadata === undefined ? "" : json(metadata),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function json(value: unknown): string {
  if (value === undefined || value === null) return "";
  return `\`\`\`json\n${JSON.stringify(value, undefined, 2)}\n\`\`\``;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ");
}
