import type { MessageRecord } from "agentscope-distributed-daemon/protocol";

/** A call of a tool, as `ReActAgent` remembers it in a message's metadata. */
export interface ToolCall {
  id: string;
  name: string;
  input: unknown;
}

/** What came of one. */
export interface ToolResult {
  toolCallId: string;
  toolName: string;
  isError: boolean;
}

export function toolCallsOf({ metadata }: MessageRecord): ToolCall[] {
  const { toolCalls } = fieldsOf(metadata);
  if (!Array.isArray(toolCalls)) return [];
  return toolCalls.flatMap((call: unknown) => {
    const { id, name, input } = fieldsOf(call);
    return typeof name === "string" ? [{ id: typeof id === "string" ? id : "", name, input }] : [];
  });
}

export function toolResultOf({ metadata }: MessageRecord): ToolResult | undefined {
  const { toolCallId, toolName, isError } = fieldsOf(metadata);
  if (typeof toolCallId !== "string" || typeof toolName !== "string") return undefined;
  return { toolCallId, toolName, isError: isError === true };
}

/** A file that a message names: an address of the web, or a path on the machine that made it. */
export interface MessageFile {
  address: string;
  /** How it can be shown here. */
  kind: "picture" | "link" | "path";
}

const pictureEnding = /\.(apng|avif|gif|jpe?g|png|svg|webp)$/i;
const otherEnding = /\.[a-z][a-z0-9]{1,4}$/i;

export function filesOf({ url }: MessageRecord): MessageFile[] {
  return [url].flat().flatMap((address: unknown) => {
    return typeof address === "string" && address !== "" ? [{ address, kind: fileKind(address) }] : [];
  });
}

function fileKind(address: string): MessageFile["kind"] {
  if (/^data:image\/(apng|avif|gif|jpeg|png|webp)[;,]/i.test(address)) return "picture";
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol === "http:") return "link";
  if (url?.protocol !== "https:") return "path";
  // Without an ending it may well be one; what turns out to be none is shown as a link.
  return pictureEnding.test(url.pathname) || !otherEnding.test(url.pathname) ? "picture" : "link";
}

/** What a message says, as it is copied. */
export function contentText({ content }: MessageRecord): string {
  if (content === undefined || content === null) return "";
  return typeof content === "string" ? content : JSON.stringify(content, undefined, 2);
}

/** All that is shown of a message, as it is searched. */
export function shownText(message: MessageRecord): string {
  const calls = toolCallsOf(message).map(({ name, input }) => `${name} ${JSON.stringify(input) ?? ""}`);
  const files = filesOf(message).map(({ address }) => address);
  return [message.name, contentText(message), ...calls, ...files].join("\n");
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
