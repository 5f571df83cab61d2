import type {
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3GenerateResult,
  LanguageModelV3StreamPart,
  LanguageModelV3StreamResult,
} from "@ai-sdk/provider";
import { AgentScopeError } from "../../errors.js";
import { runtime } from "../../runtime/runtime.js";
import type { EditorAnswerPart, EditorModelChoice, EditorModelRequest } from "../../studio/editorModels.js";
import type { EditorModelConfig } from "../modelConfigSchema.js";
import { modelNameOf } from "../providers.js";
import { EditorFailure } from "./editorFailure.js";
import { editorRequest } from "./editorRequest.js";

type Controller = ReadableStreamDefaultController<LanguageModelV3StreamPart>;

/** Editors do not tell. */
const unknownUsage = {
  inputTokens: { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: undefined, text: undefined, reasoning: undefined },
};

/** A language model that the person has in VS Code, reached through the daemon. */
export class EditorModel implements LanguageModelV3 {
  readonly specificationVersion = "v3";
  readonly provider = "vscode_lm";
  readonly modelId: string;
  readonly supportedUrls = {};
  private readonly choice: EditorModelChoice;

  constructor(config: EditorModelConfig) {
    const { model_name: model, vendor } = config;
    this.modelId = modelNameOf(config);
    this.choice = { ...(model !== undefined && { model }), ...(vendor !== undefined && { vendor }) };
  }

  doGenerate(): Promise<LanguageModelV3GenerateResult> {
    throw new Error("models of an editor always answer piece by piece");
  }

  doStream(options: LanguageModelV3CallOptions): Promise<LanguageModelV3StreamResult> {
    const request = { ...this.choice, ...editorRequest(options, this.provider) };
    const left = new AbortController();
    const signal = options.abortSignal ? AbortSignal.any([options.abortSignal, left.signal]) : left.signal;
    const stream = new ReadableStream<LanguageModelV3StreamPart>({
      start: (controller) => {
        controller.enqueue({ type: "stream-start", warnings: [] });
        // Whatever fails in it is told to who reads the stream.
        void answer(request, controller, signal);
      },
      cancel: () => left.abort(),
    });
    return Promise.resolve({ stream });
  }
}

async function answer(request: EditorModelRequest, controller: Controller, signal: AbortSignal): Promise<void> {
  const pieces = new AnswerPieces(controller, signal);
  try {
    const way = runtime().editors;
    if (way === undefined) throw EditorFailure.noDaemon();
    const end = await way.callEditor(request, { signal, onParts: (parts) => pieces.add(parts) });
    if (end.kind === "failed") throw EditorFailure.of(end);
    pieces.end();
  } catch (thrown) {
    // Nothing where the reader has left.
    controller.error(asFailure(thrown));
  }
}

function asFailure(thrown: unknown): unknown {
  const isOfDaemon =
    thrown instanceof AgentScopeError && (thrown.code === "STUDIO_UNREACHABLE" || thrown.code === "STUDIO_REFUSED");
  return isOfDaemon ? EditorFailure.noDaemon(thrown) : thrown;
}

/** Parts of an editor's answer, as the AI SDK's parts. */
class AnswerPieces {
  private openText = 0;
  private isInText = false;
  private hasCalls = false;

  constructor(
    private readonly controller: Controller,
    private readonly signal: AbortSignal,
  ) {}

  add(parts: EditorAnswerPart[]): void {
    for (const part of parts) {
      // The stream is closed.
      if (this.signal.aborted) return;
      if (part.type === "text") this.addText(part.text);
      else this.addCall(part);
    }
  }

  end(): void {
    this.endText();
    const reason = this.hasCalls ? "tool-calls" : "stop";
    this.controller.enqueue({
      type: "finish",
      finishReason: { unified: reason, raw: reason },
      usage: unknownUsage,
    });
    this.controller.close();
  }

  private addText(delta: string): void {
    if (!this.isInText) this.controller.enqueue({ type: "text-start", id: String(++this.openText) });
    this.isInText = true;
    this.controller.enqueue({ type: "text-delta", id: String(this.openText), delta });
  }

  private addCall({ toolCallId, name, input }: Extract<EditorAnswerPart, { type: "toolCall" }>): void {
    this.endText();
    this.hasCalls = true;
    this.controller.enqueue({ type: "tool-call", toolCallId, toolName: name, input: JSON.stringify(input) });
  }

  private endText(): void {
    if (this.isInText) this.controller.enqueue({ type: "text-end", id: String(this.openText) });
    this.isInText = false;
  }
}
