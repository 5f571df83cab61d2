import { type LanguageModel, type ModelMessage, streamText } from "ai";
import { asError } from "../errors.js";
import type { AnswerOptions } from "./answerOptions.js";
import type { ChatResult, ChatToolCall } from "./chatModel.js";
import { BrokenAnswer } from "./modelFailure.js";

/** An answer; with its parts, where the provider wants more of them back than text and tool calls. */
export interface Answer extends Omit<ChatResult, "message"> {
  parts: unknown;
}

/** One request to a model, once; ends it when the answer can't be used. @throws what the provider's library throws */
export async function requestAnswer(
  model: LanguageModel,
  options: AnswerOptions & { abortSignal: AbortSignal },
  onText: (piece: string) => void,
): Promise<Answer> {
  const ending = new AbortController();
  const abortSignal = AbortSignal.any([options.abortSignal, ending.signal]);
  const stream = streamText({ ...options, model, abortSignal, maxRetries: 0, onError: () => {} });
  try {
    let text = "";
    const toolCalls: ChatToolCall[] = [];
    for await (const part of stream.fullStream) {
      if (part.type === "error") throw part.error;
      if (part.type === "abort") throw new DOMException("the call was ended", "AbortError");
      if (part.type === "text-delta") {
        text += part.text;
        onText(part.text);
      } else if (part.type === "tool-call") {
        toolCalls.push(toolCall(part));
      } else if (part.type === "finish" && part.finishReason === "other" && part.rawFinishReason === undefined) {
        // Whoever has said all says so.
        throw new BrokenAnswer();
      }
    }
    const [usage, finishReason, response] = await Promise.all([stream.usage, stream.finishReason, stream.response]);
    return {
      text,
      toolCalls,
      ...(options.output === undefined || toolCalls.length > 0 ? {} : { object: (await stream.output) as unknown }),
      usage: { inputTokens: usage.inputTokens, outputTokens: usage.outputTokens },
      finishReason,
      parts: partsToReturn(response.messages),
    };
  } finally {
    ending.abort();
  }
}

function partsToReturn(messages: readonly ModelMessage[]): unknown {
  const content = messages.find(({ role }) => role === "assistant")?.content;
  if (!Array.isArray(content)) return undefined;
  const isPlain = (part: (typeof content)[number]) =>
    (part.type === "text" || part.type === "tool-call") &&
    !("providerOptions" in part && part.providerOptions !== undefined);
  return content.every(isPlain) ? undefined : content;
}

interface ReceivedToolCall {
  toolCallId: string;
  toolName: string;
  input: unknown;
  invalid?: boolean | undefined;
  error?: unknown;
}

function toolCall({ toolCallId: id, toolName: name, input, invalid, error }: ReceivedToolCall): ChatToolCall {
  return { id, name, input, ...(invalid === true ? { invalid: asError(error).message } : {}) };
}
