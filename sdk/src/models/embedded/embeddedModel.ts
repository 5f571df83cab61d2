import type {
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3GenerateResult,
  LanguageModelV3StreamPart,
  LanguageModelV3StreamResult,
  SharedV3Warning,
} from "@ai-sdk/provider";
import { NotInConversation } from "../badAnswers.js";
import type { EmbeddedModelConfig } from "../modelConfigSchema.js";
import { embeddedModelName } from "../providers.js";
import type { JsonSchema } from "../valueSchema.js";
import { conversationText, textOf } from "./conversationText.js";
import { tokenCount } from "./english.js";
import { fillSchema } from "./fillSchema.js";
import { chooseSentences, rankSentences } from "./rankSentences.js";

/** What it answers when the conversation has no sentence but the question itself. */
export const nothingToQuote =
  "(The embedded model only quotes the conversation, and there is nothing in it to answer with.)";

const defaultMaxSentences = 3;

/**
 * A model in this process that needs no key and no network: it answers in sentences of the conversation that fit what is asked
 * best. It makes up nothing, knows nothing, and calls no tools; English only. Where a schema wants what the conversation does not
 * say, there is no answer.
 */
export class EmbeddedModel implements LanguageModelV3 {
  readonly specificationVersion = "v3";
  readonly provider = "embedded";
  readonly modelId = embeddedModelName;
  readonly supportedUrls = {};

  constructor(private readonly config: Pick<EmbeddedModelConfig, "max_sentences">) {}

  doGenerate(options: LanguageModelV3CallOptions): Promise<LanguageModelV3GenerateResult> {
    const { text, warnings } = this.answer(options);
    return Promise.resolve({
      content: text === "" ? [] : [{ type: "text", text }],
      finishReason: { unified: "stop", raw: "stop" },
      usage: usageOf(options, text),
      warnings,
    });
  }

  doStream(options: LanguageModelV3CallOptions): Promise<LanguageModelV3StreamResult> {
    const { text, warnings } = this.answer(options);
    const id = "text";
    const parts: LanguageModelV3StreamPart[] = [
      { type: "stream-start", warnings },
      { type: "text-start", id },
      ...(text.match(/\S+\s*/g)?.map((delta) => ({ type: "text-delta" as const, id, delta })) ?? []),
      { type: "text-end", id },
      { type: "finish", finishReason: { unified: "stop", raw: "stop" }, usage: usageOf(options, text) },
    ];
    return Promise.resolve({ stream: ReadableStream.from(parts) });
  }

  private answer({ prompt, responseFormat, tools = [] }: LanguageModelV3CallOptions): Answer {
    const conversation = conversationText(prompt);
    const warnings: SharedV3Warning[] =
      tools.length === 0 ? [] : [{ type: "unsupported", feature: "tools", details: "the embedded model calls none" }];
    if (responseFormat?.type === "json") {
      const { value, empty, missing } = fillSchema(
        (responseFormat.schema ?? { type: "object" }) as JsonSchema,
        conversation,
      );
      if (missing.length > 0) throw new NotInConversation(missing);
      if (empty.length > 0) {
        const message = `the conversation says nothing for ${empty.join(", ")}: what stands there is empty`;
        warnings.push({ type: "other", message });
      }
      return { text: JSON.stringify(value), warnings };
    }
    const { candidates, request } = conversation;
    const ranked = rankSentences(candidates, request);
    if (ranked.length === 0) return { text: nothingToQuote, warnings };
    const chosen = chooseSentences(ranked, this.config.max_sentences ?? defaultMaxSentences);
    return { text: chosen.map(({ text }) => text).join(" "), warnings };
  }
}

interface Answer {
  text: string;
  warnings: SharedV3Warning[];
}

function usageOf({ prompt }: LanguageModelV3CallOptions, text: string): LanguageModelV3GenerateResult["usage"] {
  const input = prompt.reduce((sum, message) => sum + tokenCount(textOf(message)), 0);
  const output = tokenCount(text);
  return {
    inputTokens: { total: input, noCache: input, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: output, text: output, reasoning: undefined },
  };
}
