import type { LanguageModelV3, LanguageModelV3ToolCall, SharedV3Warning } from "@ai-sdk/provider";
import { type Schema, safeParseJSON } from "@ai-sdk/provider-utils";
import { asError } from "../errors.js";
import { AnswerParts } from "./answerParts.js";
import { BrokenAnswer, UnfitAnswer } from "./badAnswers.js";
import type { CallOptions } from "./callOptions.js";
import type { ChatResult, ChatToolCall } from "./chatModel.js";

/** An answer; with its parts, where the provider wants more of them back than text and tool calls. */
export interface Answer extends Omit<ChatResult, "message"> {
  parts: unknown;
}

/** Who hears of an answer before it is complete. */
export interface AnswerListener {
  onText(piece: string): void;
  onWarnings(warnings: readonly SharedV3Warning[]): void;
}

/**
 * One request to a model, once.
 *
 * @throws UnfitAnswer when the value that was asked for is not in it, BrokenAnswer when it has no end, and what the provider's
 *   library throws.
 */
export async function requestAnswer(
  model: LanguageModelV3,
  { options, tools, schema, findsJson, streams }: CallOptions,
  listener: AnswerListener,
): Promise<Answer> {
  const parts = new AnswerParts((piece) => listener.onText(piece));
  if (streams) {
    const { stream } = await model.doStream(options);
    // Leaving the loop by an error ends the request.
    for await (const part of stream) {
      if (part.type === "stream-start") listener.onWarnings(part.warnings);
      else parts.add(part);
    }
  } else {
    const whole = await model.doGenerate(options);
    listener.onWarnings(whole.warnings);
    for (const part of whole.content) parts.addContent(part);
    parts.end = whole;
  }
  const { text, end } = parts;
  // Who has said all says so.
  if (end === undefined || (end.finishReason.unified === "other" && end.finishReason.raw === undefined)) {
    throw new BrokenAnswer();
  }
  const toolCalls = await Promise.all(parts.toolCalls.map((call) => checkedCall(call, tools)));
  const { finishReason, usage } = end;
  return {
    text,
    toolCalls,
    ...(schema === undefined || toolCalls.length > 0
      ? {}
      : { object: await valueIn(text, { schema, findsJson, finishReason: finishReason.unified }) }),
    usage: { inputTokens: usage.inputTokens.total, outputTokens: usage.outputTokens.total },
    finishReason: finishReason.unified,
    parts: parts.toReturn(new Map(toolCalls.map(({ id, input }) => [id, input]))),
  };
}

async function checkedCall(
  { toolCallId: id, toolName: name, input: json }: LanguageModelV3ToolCall,
  tools: ReadonlyMap<string, Schema>,
): Promise<ChatToolCall> {
  const schema = tools.get(name);
  const text = json.trim() === "" ? "{}" : json;
  const parsed = await safeParseJSON({ text });
  const input: unknown = parsed.success ? parsed.value : {};
  if (schema === undefined) {
    return {
      id,
      name,
      input,
      invalid: `there is no tool ${JSON.stringify(name)}; there are ${[...tools.keys()].join(", ")}`,
    };
  }
  if (!parsed.success) return { id, name, input, invalid: `the arguments are no JSON: ${json}` };
  const checked = await schema.validate?.(input);
  if (checked?.success === false) {
    return { id, name, input, invalid: `the arguments do not fit: ${asError(checked.error).message}` };
  }
  return { id, name, input: checked?.success === true ? checked.value : input };
}

async function valueIn(
  text: string,
  { schema, findsJson, finishReason }: { schema: Schema; findsJson: boolean; finishReason: string },
): Promise<unknown> {
  const parsed = await safeParseJSON({ text: findsJson ? jsonIn(text) : text });
  if (!parsed.success) throw new UnfitAnswer(`the answer is no JSON (it ended with: ${finishReason})`, text);
  const checked = await schema.validate?.(parsed.value);
  if (checked?.success === false) throw UnfitAnswer.of(checked.error, text);
  return checked?.success === true ? checked.value : parsed.value;
}

/** The object in a text, without what models like to say around it; the text itself when there is none. */
function jsonIn(text: string): string {
  const answer = text.replace(/^[\s\S]*<\/think>/, "");
  const start = answer.indexOf("{");
  const end = answer.lastIndexOf("}");
  return start < 0 || end < start ? answer : answer.slice(start, end + 1);
}
