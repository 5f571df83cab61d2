import type { Attributes, Context, Span } from "@opentelemetry/api";
import { asError } from "../errors.js";
import type { ChatRequest, ChatResult } from "../models/chatModel.js";
import type { ModelConfig } from "../models/modelConfigSchema.js";
import { modelNameOf } from "../models/providers.js";
import { errorType, modelAttributes, requestAttributes } from "./attributes.js";
import type { SpanParts } from "./callSpans.js";

/** Makes a call of a model, within a span of its own, and measures it. */
export async function spanOfModelCall(
  parts: SpanParts,
  { config, request, parent, agent }: { config: ModelConfig; request: ChatRequest; parent: Context; agent: Attributes },
  call: () => Promise<ChatResult>,
): Promise<ChatResult> {
  const { contents, instruments } = parts;
  const modelName = modelNameOf(config);
  const kind = modelAttributes(config, modelName);
  const attributes = {
    ...kind,
    ...agent,
    ...requestAttributes(config),
    ...(request.schema !== undefined && { "gen_ai.output.type": "json" }),
  };
  const measure = (seconds: number, error: Attributes) =>
    instruments.operationDuration.record(seconds, { ...kind, ...error });
  return inSpan(parts, { name: `chat ${modelName}`, kind: "CLIENT", parent, attributes, measure }, async (span) => {
    contents.asked(span, request);
    const answer = await call();
    contents.answered(span, answer);
    span.setAttribute("gen_ai.response.finish_reasons", [answer.finishReason]);
    for (const [type, tokens] of [
      ["input", answer.usage.inputTokens],
      ["output", answer.usage.outputTokens],
    ] as const) {
      if (tokens === undefined) continue;
      span.setAttribute(`gen_ai.usage.${type}_tokens`, tokens);
      instruments.tokenUsage.record(tokens, { ...kind, "gen_ai.token.type": type });
    }
    return answer;
  });
}

/** Makes a call of a tool, within a span of its own, and measures it. */
export function spanOfToolCall<Result>(
  parts: SpanParts,
  { name, id, parent, agent }: { name: string; id: string; parent: Context; agent: Attributes },
  call: () => Promise<Result>,
): Promise<Result> {
  const kind = { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name };
  const attributes = { ...kind, ...agent, "gen_ai.tool.call.id": id };
  const measure = (seconds: number, error: Attributes) =>
    parts.instruments.toolDuration.record(seconds, { ...kind, ...error });
  return inSpan(parts, { name: `execute_tool ${name}`, kind: "INTERNAL", parent, attributes, measure }, call);
}

interface SpanOfCode {
  name: string;
  kind: "CLIENT" | "INTERNAL";
  parent: Context;
  attributes: Attributes;
  measure: (seconds: number, error: Attributes) => void;
}

async function inSpan<Result>(
  { otel, contents }: SpanParts,
  { name, kind, parent, attributes, measure }: SpanOfCode,
  code: (span: Span) => Promise<Result>,
): Promise<Result> {
  const { api, tracer } = otel;
  const begunAt = performance.now();
  const seconds = () => (performance.now() - begunAt) / 1000;
  const span = tracer.startSpan(name, { kind: api.SpanKind[kind], attributes }, parent);
  try {
    const result = await api.context.with(api.trace.setSpan(parent, span), () => code(span));
    measure(seconds(), {});
    return result;
  } catch (thrown) {
    contents.failed(span, asError(thrown));
    measure(seconds(), { "error.type": errorType(thrown) });
    throw thrown;
  } finally {
    span.end();
  }
}
