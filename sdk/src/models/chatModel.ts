import type { ValueSchema } from "./valueSchema.js";

/**
 * A model that answers conversations, as agents use it: `findModel(name)` gives one. All kinds of models stand behind it,
 * also the embedded one that needs no key.
 *
 * Retries (of what is worth trying again, and only as long as no text was given out), the time limit and the masking of keys
 * are done in here; what fails all the same rejects with a `ModelCallError` that names provider, model, status and what to do.
 */
export interface ChatModel {
  /** The name of its config; `embedded` for the one that is always there. */
  readonly configName: string;
  /** As in the config: `openai_chat`, `embedded_chat`, … */
  readonly modelType: string;
  /** The provider's name for the model. */
  readonly modelName: string;

  /** Begins a call at once, and gives its text as it comes. */
  stream(request: ChatRequest): ChatStream;

  /** The whole answer. Unlike `stream`, it also tries again when an answer breaks off in the middle. */
  generate(request: ChatRequest): Promise<ChatResult>;
}

export interface ChatRequest {
  /** The conversation, the oldest first. System messages may stand anywhere. */
  messages: readonly ChatMessage[];
  /** What the model may call. It only says what it wants called (`toolCalls`); to call it is for the agent. */
  tools?: readonly ChatTool[] | undefined;
  /** Default `auto`: the model chooses whether to call a tool. */
  toolChoice?: "auto" | "none" | "required" | { tool: string } | undefined;
  /** The answer is a value of this schema: `object` of the result. */
  schema?: ValueSchema | undefined;
  /** Ends the call; it then rejects with the signal's reason. */
  abortSignal?: AbortSignal | undefined;
}

export interface ChatStream {
  /**
   * The text as it comes; without text (only tool calls) it is empty. Can be read once, at any time, or not at all. Throws what
   * `result` rejects with. Leaving the loop early ends nothing: for that there is `abortSignal`.
   */
  readonly textStream: AsyncIterable<string>;
  /** The answer as a whole. When nobody awaits it, a failure is no unhandled rejection. */
  readonly result: Promise<ChatResult>;
}

export interface ChatResult {
  text: string;
  /** What the model wants called, in its order; arguments are checked against the tool's schema. */
  toolCalls: ChatToolCall[];
  /** The value, checked against the schema; there if the request had a schema and no tool was called. */
  object?: unknown;
  usage: ChatUsage;
  finishReason: "stop" | "length" | "content-filter" | "tool-calls" | "error" | "other";
  /** The answer as a message for the next request. It keeps what a provider wants back with the results of its tool calls. */
  message: AssistantMessage;
}

export interface ChatUsage {
  /** Undefined when the provider does not say. */
  inputTokens: number | undefined;
  outputTokens: number | undefined;
}

export type ChatMessage = SystemMessage | UserMessage | AssistantMessage | ToolMessage;

export interface SystemMessage {
  role: "system";
  content: string;
}

export interface UserMessage {
  role: "user";
  content: string;
  /** Images and other files, for models that take them. */
  files?: readonly ChatFile[] | undefined;
}

export interface ChatFile {
  /** The bytes, or an http(s) address that the provider (or else this machine) reads. */
  data: Uint8Array | URL;
  /** As in `image/png`. */
  mediaType: string;
}

export interface AssistantMessage {
  role: "assistant";
  content: string;
  toolCalls?: readonly ChatToolCall[] | undefined;
  /** What the provider wants back (signatures of its reasoning, …): plain data, of use only to models of the same type. */
  providerContent?: { modelType: string; parts: unknown } | undefined;
}

/** What came out of a tool call. */
export interface ToolMessage {
  role: "tool";
  toolCallId: string;
  toolName: string;
  /** Text, or data that JSON can say. */
  content: unknown;
  /** The call failed, and `content` says how. */
  isError?: boolean | undefined;
}

export interface ChatTool {
  /** Letters, digits, `_` and `-`. */
  name: string;
  description: string;
  /** Of the arguments: an object's schema. */
  inputSchema: ValueSchema;
}

export interface ChatToolCall {
  id: string;
  name: string;
  /** Checked against the tool's schema, unless `invalid` says what is wrong with it. */
  input: unknown;
  /** Why it can't be called: no such tool, or arguments that don't fit. Worth telling the model as the call's result. */
  invalid?: string | undefined;
}
