import type {
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3StreamPart,
  SharedV3Warning,
} from "@ai-sdk/provider";
import {
  extractJsonMiddleware,
  type LanguageModelMiddleware,
  simulateStreamingMiddleware,
  wrapLanguageModel,
} from "ai";
import { settings } from "../orchestration/settings.js";
import type { ModelConfig } from "./modelConfigSchema.js";
import { structuredOutputOf } from "./providers.js";

/** The model with what its config asks of each call. */
export function withBehaviour(model: LanguageModelV3, config: ModelConfig): LanguageModelV3 {
  const middleware = [warningsToLogger(config)];
  const asked = structuredOutputOf(config);
  if (asked !== "json_schema") middleware.push(jsonOnly, schemaInPrompt(asked));
  // The last one is next to the model.
  if ("stream" in config && config.stream === false) middleware.push(simulateStreamingMiddleware());
  return wrapLanguageModel({ model, middleware });
}

const warned = new Set<string>();

/** What a provider leaves out of a request is said once, where the SDK says things; not by the AI SDK on the console. */
function warningsToLogger({ config_name: name }: ModelConfig): LanguageModelMiddleware {
  const report = (warning: SharedV3Warning) => {
    const what = "feature" in warning ? `${warning.type}: ${warning.feature}` : warning.message;
    const details = "details" in warning && warning.details !== undefined ? `, ${warning.details}` : "";
    const line = `model config ${JSON.stringify(name)}: ${what}${details}`;
    if (!warned.has(line)) settings.logger.warn(line);
    warned.add(line);
  };
  const taken = () =>
    new TransformStream<LanguageModelV3StreamPart, LanguageModelV3StreamPart>({
      transform(part, controller) {
        if (part.type === "stream-start") part.warnings.forEach(report);
        controller.enqueue(part.type === "stream-start" ? { ...part, warnings: [] } : part);
      },
    });
  return {
    specificationVersion: "v3",
    wrapStream: async ({ doStream }) => {
      const { stream, ...rest } = await doStream();
      return { ...rest, stream: stream.pipeThrough(taken()) };
    },
  };
}

const extractJson = extractJsonMiddleware({ transform: jsonIn });

/** Models that only the question tells about a schema like to explain themselves around the value. */
const jsonOnly: LanguageModelMiddleware = {
  specificationVersion: "v3",
  wrapStream: async (call) =>
    call.params.responseFormat?.type === "json" && extractJson.wrapStream !== undefined
      ? extractJson.wrapStream(call)
      : call.doStream(),
};

/** The object in a text, without what stands around it; the text itself when there is none. */
function jsonIn(text: string): string {
  const answer = text.replace(/^[\s\S]*<\/think>/, "");
  const start = answer.indexOf("{");
  const end = answer.lastIndexOf("}");
  return start < 0 || end < start ? answer : answer.slice(start, end + 1);
}

/** Puts the schema into the first system message. */
function schemaInPrompt(asked: "json_object" | "prompt"): LanguageModelMiddleware {
  return {
    specificationVersion: "v3",
    transformParams: ({ params }) => Promise.resolve(withSchemaInPrompt(params, asked)),
  };
}

function withSchemaInPrompt(
  params: LanguageModelV3CallOptions,
  asked: "json_object" | "prompt",
): LanguageModelV3CallOptions {
  const { responseFormat, prompt } = params;
  if (responseFormat?.type !== "json" || responseFormat.schema === undefined) return params;
  const wish = `Answer with one JSON object and nothing else. It must fit this JSON Schema:\n${JSON.stringify(responseFormat.schema)}`;
  const [first, ...others] = prompt;
  const { schema: _, ...withoutSchema } = responseFormat;
  const { responseFormat: __, ...withoutFormat } = params;
  return {
    ...(asked === "json_object" ? { ...params, responseFormat: withoutSchema } : withoutFormat),
    prompt:
      first?.role === "system"
        ? [{ ...first, content: `${first.content}\n\n${wish}` }, ...others]
        : [{ role: "system", content: wish }, ...prompt],
  };
}
