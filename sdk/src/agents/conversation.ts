import type { AssistantMessage, ChatMessage, ChatToolCall, ToolMessage } from "../models/chatModel.js";
import type { Msg } from "../messages/msg.js";
import { filesOf } from "./messageFiles.js";

/** What an agent remembers of the calls of tools that it asked for, in a message's metadata. */
export interface ToolCallRecord {
  toolCalls: readonly ChatToolCall[];
  providerContent?: AssistantMessage["providerContent"];
}

/** What an agent remembers of what came of one. */
export interface ToolResultRecord {
  toolCallId: string;
  toolName: string;
  isError?: boolean;
}

/**
 * What an agent has heard and said, as a model is asked: what it said itself is the assistant's, everything else a user's,
 * with the speaker's name before it where there are several. Calls of tools stand with their results, or not at all.
 */
export async function conversation(
  agent: { name: string; sysPrompt: string | undefined },
  heard: readonly Msg[],
): Promise<ChatMessage[]> {
  const answered = new Set(heard.flatMap((message) => toolResultOf(message)?.toolCallId ?? []));
  const asked = new Set<string>();
  const isOwn = (message: Msg) => message.role === "assistant" && message.name === agent.name;
  const others = new Set(
    heard.filter((message) => message.role !== "system" && !isOwn(message)).map(({ name }) => name),
  );
  const messages: ChatMessage[] = [];
  if (agent.sysPrompt !== undefined && agent.sysPrompt !== "")
    messages.push({ role: "system", content: agent.sysPrompt });
  for (const message of heard) {
    const content = message.contentText();
    const result = toolResultOf(message);
    if (result !== undefined) {
      if (asked.delete(result.toolCallId)) messages.push(toolMessage(result, content));
    } else if (message.role === "system") {
      messages.push({ role: "system", content });
    } else if (isOwn(message)) {
      const { toolCalls = [], providerContent } = toolCallsOf(message) ?? {};
      const isComplete = toolCalls.every(({ id }) => answered.has(id));
      if (toolCalls.length > 0 && isComplete) {
        for (const { id } of toolCalls) asked.add(id);
        messages.push({ role: "assistant", content, toolCalls, providerContent });
      } else if (content !== "") {
        messages.push({ role: "assistant", content });
      }
    } else {
      const named = others.size > 1 ? `${message.name}:\n\n${content}` : content;
      messages.push({ role: "user", content: named, files: await filesOf(message) });
    }
  }
  return messages;
}

function toolMessage({ toolCallId, toolName, isError }: ToolResultRecord, content: string): ToolMessage {
  return { role: "tool", toolCallId, toolName, content, isError };
}

function toolCallsOf({ metadata }: Msg): ToolCallRecord | undefined {
  return Array.isArray((metadata as Partial<ToolCallRecord> | undefined)?.toolCalls)
    ? (metadata as ToolCallRecord)
    : undefined;
}

function toolResultOf({ role, metadata }: Msg): ToolResultRecord | undefined {
  return role === "system" && typeof (metadata as Partial<ToolResultRecord> | undefined)?.toolCallId === "string"
    ? (metadata as ToolResultRecord)
    : undefined;
}
