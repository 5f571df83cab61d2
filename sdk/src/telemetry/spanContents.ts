import type { Span } from "@opentelemetry/api";
import { AgentScopeError, ModelCallError } from "../errors.js";
import type { ChatMessage, ChatRequest, ChatResult } from "../models/chatModel.js";
import { maskedHere } from "../models/secretsHere.js";
import { errorType } from "./attributes.js";
import type { OpenTelemetry } from "./openTelemetry.js";

/** The standard switch: whether spans may have in them what people, agents and models have written. */
const captureVariable = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT";

/** Longer contents are cut, in characters. */
const maxText = 32_768;

/** What spans tell of contents: nothing, unless the user wants it; texts of errors quote contents, too. Keys of models never. */
export class SpanContents {
  private readonly captures = process.env[captureVariable]?.trim().toLowerCase() === "true";

  constructor(private readonly otel: OpenTelemetry) {}

  failed(span: Span, error: Error): void {
    const { code } = this.otel.errorStatus;
    span.setAttribute("error.type", errorType(error));
    span.setStatus({ code, message: this.captures ? maskedHere(error.message) : kindOf(error) });
  }

  asked(span: Span, { messages }: ChatRequest): void {
    if (this.captures) span.setAttribute("gen_ai.input.messages", text(messages.map(recordOf)));
  }

  answered(span: Span, { message, finishReason }: ChatResult): void {
    if (!this.captures) return;
    span.setAttribute("gen_ai.output.messages", text([{ ...recordOf(message), finish_reason: finishReason }]));
  }
}

/** A message in the form that the conventions give it. */
function recordOf(message: ChatMessage): object {
  const { role } = message;
  if (role === "tool") {
    const { toolCallId: id, content: response } = message;
    return { role, parts: [{ type: "tool_call_response", id, response }] };
  }
  const calls = role === "assistant" ? (message.toolCalls ?? []) : [];
  return {
    role,
    parts: [
      ...(message.content === "" ? [] : [{ type: "text", content: message.content }]),
      ...calls.map(({ id, name, input }) => ({ type: "tool_call", id, name, arguments: input })),
    ],
  };
}

function text(records: object[]): string {
  const whole = maskedHere(JSON.stringify(records));
  return whole.length > maxText ? `${whole.slice(0, maxText)}…` : whole;
}

/** Which error it was, without its text. */
function kindOf(error: Error): string {
  if (error instanceof ModelCallError) {
    const { reason, status } = error.details;
    return `${error.code}: ${reason}${status === undefined ? "" : `, status ${status}`}`;
  }
  const { cause } = error;
  const why = cause instanceof Error && cause.name !== "Error" ? `: ${cause.name}` : "";
  return `${error instanceof AgentScopeError ? error.code : error.name}${why}`;
}
