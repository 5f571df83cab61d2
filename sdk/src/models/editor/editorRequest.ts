import {
  type LanguageModelV3CallOptions,
  type LanguageModelV3Message,
  type LanguageModelV3ToolResultPart,
  UnsupportedFunctionalityError,
} from "@ai-sdk/provider";
import type { EditorMessage, EditorMessagePart, EditorModelRequest } from "../../studio/editorModels.js";

/** What an editor is asked. @throws UnsupportedFunctionalityError for files: editors take text. */
export function editorRequest(
  { prompt, tools = [], toolChoice, providerOptions }: LanguageModelV3CallOptions,
  provider: string,
): EditorModelRequest {
  const options = providerOptions?.[provider] ?? {};
  const offered = tools.flatMap((tool) => {
    if (tool.type !== "function" || toolChoice?.type === "none") return [];
    // Of editors one tool can't be demanded among several.
    if (toolChoice?.type === "tool" && toolChoice.toolName !== tool.name) return [];
    const { name, description = "", inputSchema } = tool;
    return [{ name, description, inputSchema: inputSchema as object }];
  });
  return {
    messages: prompt.map(editorMessage),
    ...(offered.length > 0 && {
      tools: offered,
      toolRequired: toolChoice?.type === "required" || toolChoice?.type === "tool",
    }),
    ...(Object.keys(options).length > 0 && { options }),
  };
}

function editorMessage(message: LanguageModelV3Message): EditorMessage {
  if (message.role === "system") return { role: "user", parts: [{ type: "text", text: message.content }] };
  return { role: message.role === "assistant" ? "assistant" : "user", parts: message.content.flatMap(editorPart) };
}

type Part = Exclude<LanguageModelV3Message, { role: "system" }>["content"][number];

function editorPart(part: Part): EditorMessagePart[] {
  switch (part.type) {
    case "text":
      return [{ type: "text", text: part.text }];
    case "tool-call":
      return [{ type: "toolCall", toolCallId: part.toolCallId, name: part.toolName, input: part.input ?? {} }];
    case "tool-result":
      return [{ type: "toolResult", toolCallId: part.toolCallId, text: resultText(part.output) }];
    case "file":
      throw new UnsupportedFunctionalityError({
        functionality: "files",
        message: "models of an editor take text, and no images or other files",
      });
    default:
      return [];
  }
}

function resultText(output: LanguageModelV3ToolResultPart["output"]): string {
  switch (output.type) {
    case "text":
      return output.value;
    case "error-text":
      return `Error: ${output.value}`;
    case "error-json":
      return `Error: ${JSON.stringify(output.value)}`;
    case "json":
      return JSON.stringify(output.value);
    case "execution-denied":
      return `Denied: ${output.reason ?? ""}`;
    case "content":
      return output.value.map((part) => (part.type === "text" ? part.text : `(${part.type})`)).join("\n");
  }
}
