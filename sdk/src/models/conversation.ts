import type {
  JSONValue,
  LanguageModelV3,
  LanguageModelV3FilePart,
  LanguageModelV3Message,
  LanguageModelV3Prompt,
  LanguageModelV3ToolResultPart,
} from "@ai-sdk/provider";
import { downloadBlob, isUrlSupported } from "@ai-sdk/provider-utils";
import type { AssistantMessage, ChatFile, ChatMessage, ToolMessage, UserMessage } from "./chatModel.js";
import type { ModelType } from "./modelConfigSchema.js";

/** The model that is asked, as far as a conversation depends on it. */
interface AskedModel {
  modelType: ModelType;
  model: Pick<LanguageModelV3, "supportedUrls">;
}

type AssistantParts = Extract<LanguageModelV3Message, { role: "assistant" }>["content"];

/** Providers that take system messages only before all others, and want somebody to have said something. */
const systemFirst: readonly ModelType[] = ["anthropic_chat", "gemini_chat"];

/** A conversation as the AI SDK's providers take it, in a form that this one accepts. */
export async function modelPrompt(
  messages: readonly ChatMessage[],
  asked: AskedModel,
  abortSignal: AbortSignal,
): Promise<LanguageModelV3Prompt> {
  const fitted = systemFirst.includes(asked.modelType) ? systemMessagesFirst(messages) : messages;
  const prompt: LanguageModelV3Prompt = [];
  for (const message of fitted) {
    if (message.role === "system") {
      prompt.push({ role: "system", content: message.content });
    } else if (message.role === "user") {
      prompt.push(await userMessage(message, asked, abortSignal));
    } else if (message.role === "assistant") {
      // Some providers refuse empty ones.
      const content = assistantParts(message, asked.modelType);
      if (content.length > 0) prompt.push({ role: "assistant", content });
    } else {
      const before = prompt.at(-1);
      if (before?.role === "tool") before.content.push(toolResult(message));
      else prompt.push({ role: "tool", content: [toolResult(message)] });
    }
  }
  return prompt;
}

/** A system message in the middle becomes a user's; so does the last one where there is nothing else. */
function systemMessagesFirst(messages: readonly ChatMessage[]): ChatMessage[] {
  const firstOther = messages.findIndex(({ role }) => role !== "system");
  const leading = firstOther < 0 ? messages.length - 1 : firstOther;
  return messages.map((message, index) =>
    message.role === "system" && index >= leading ? { role: "user", content: message.content } : message,
  );
}

async function userMessage(
  { content: text, files = [] }: UserMessage,
  { model }: AskedModel,
  abortSignal: AbortSignal,
): Promise<LanguageModelV3Message> {
  const parts = await Promise.all(files.map((file) => filePart(file, model, abortSignal)));
  const own = text === "" && parts.length > 0 ? [] : [{ type: "text" as const, text }];
  return { role: "user", content: [...own, ...parts] };
}

/** An address that the provider can't read itself is read here. */
async function filePart(
  { data, mediaType }: ChatFile,
  model: AskedModel["model"],
  abortSignal: AbortSignal,
): Promise<LanguageModelV3FilePart> {
  if (!(data instanceof URL)) return { type: "file", data, mediaType };
  const supportedUrls = await model.supportedUrls;
  if (isUrlSupported({ mediaType, url: data.href, supportedUrls })) return { type: "file", data, mediaType };
  const blob = await downloadBlob(data.href, { abortSignal });
  return { type: "file", data: new Uint8Array(await blob.arrayBuffer()), mediaType };
}

function assistantParts(
  { content: text, toolCalls = [], providerContent }: AssistantMessage,
  modelType: ModelType,
): AssistantParts {
  if (providerContent?.modelType === modelType) return providerContent.parts as AssistantParts;
  return [
    ...(text === "" ? [] : [{ type: "text" as const, text }]),
    ...toolCalls.map(({ id, name, input }) => ({
      type: "tool-call" as const,
      toolCallId: id,
      toolName: name,
      input: input ?? {},
    })),
  ];
}

function toolResult({ toolCallId, toolName, content, isError }: ToolMessage): LanguageModelV3ToolResultPart {
  const failed = isError === true;
  const output: LanguageModelV3ToolResultPart["output"] =
    typeof content === "string"
      ? { type: failed ? "error-text" : "text", value: content }
      : { type: failed ? "error-json" : "json", value: (content ?? null) as JSONValue };
  return { type: "tool-result", toolCallId, toolName, output };
}
