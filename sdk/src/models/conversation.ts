import type { AssistantContent, JSONValue, ModelMessage, ToolResultPart } from "ai";
import type { AssistantMessage, ChatMessage, ToolMessage, UserMessage } from "./chatModel.js";
import type { ModelType } from "./modelConfigSchema.js";

/** Providers that take system messages only before all others, and want somebody to have said something. */
const systemFirst: readonly ModelType[] = ["anthropic_chat", "gemini_chat"];

/** A conversation as the AI SDK takes it, in a form that the provider accepts; with something in it, as the AI SDK wants. */
export function modelMessages(messages: readonly ChatMessage[], modelType: ModelType): ModelMessage[] {
  const fitted = systemFirst.includes(modelType) ? systemMessagesFirst(messages) : messages;
  const made = fitted.flatMap((message): ModelMessage | ModelMessage[] => {
    switch (message.role) {
      case "system":
        return { role: message.role, content: message.content };
      case "user":
        return userMessage(message);
      case "assistant":
        return assistantMessage(message, modelType);
      case "tool":
        return { role: message.role, content: [toolResult(message)] };
    }
  });
  return made.length === 0 ? [{ role: "user", content: "" }] : made;
}

/** A system message in the middle becomes a user's; so does the last one where there is nothing else. */
function systemMessagesFirst(messages: readonly ChatMessage[]): ChatMessage[] {
  const firstOther = messages.findIndex(({ role }) => role !== "system");
  const leading = firstOther < 0 ? messages.length - 1 : firstOther;
  return messages.map((message, index) =>
    message.role === "system" && index >= leading ? { role: "user", content: message.content } : message,
  );
}

function userMessage({ content, files = [] }: UserMessage): ModelMessage {
  if (files.length === 0) return { role: "user", content };
  const text = content === "" ? [] : [{ type: "text" as const, text: content }];
  return { role: "user", content: [...text, ...files.map((file) => ({ type: "file" as const, ...file }))] };
}

/** Nothing for an empty one, which some providers refuse. */
function assistantMessage(message: AssistantMessage, modelType: ModelType): ModelMessage[] {
  const { content: text, toolCalls = [], providerContent } = message;
  if (providerContent?.modelType === modelType) {
    return [{ role: "assistant", content: providerContent.parts as AssistantContent }];
  }
  const content: Exclude<AssistantContent, string> = text === "" ? [] : [{ type: "text", text }];
  for (const { id, name, input } of toolCalls) {
    content.push({ type: "tool-call", toolCallId: id, toolName: name, input: input ?? {} });
  }
  return content.length === 0 ? [] : [{ role: "assistant", content }];
}

function toolResult({ toolCallId, toolName, content, isError }: ToolMessage): ToolResultPart {
  const failed = isError === true;
  const output: ToolResultPart["output"] =
    typeof content === "string"
      ? { type: failed ? "error-text" : "text", value: content }
      : { type: failed ? "error-json" : "json", value: (content ?? null) as JSONValue };
  return { type: "tool-result", toolCallId, toolName, output };
}
