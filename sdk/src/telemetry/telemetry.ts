import type { Context } from "@opentelemetry/api";
import type { AgentLabel } from "../errors.js";
import type { ChatRequest, ChatResult } from "../models/chatModel.js";
import type { ModelConfig } from "../models/modelConfigSchema.js";

/** Whether this thread tells OpenTelemetry what it does: one look at `on` is all that a call costs when it does not. */
export const telemetry: { on: Telemetry | undefined } = { on: undefined };

/** An agent, as spans name it. */
export interface SpanAgent {
  readonly label: AgentLabel;
  readonly className: string;
}

/** A call in a trace, from when it is made, or has arrived, until {@link end}. */
export interface CallSpan {
  /** Where what this call causes stands in the trace. */
  readonly context: Context;
  /** Its turn begins. */
  begun(): void;
  end(error?: Error): void;
}

/** A call that is to have a span. */
export interface TracedCall {
  method: string;
  parent: Context;
  /** Its arguments: with the calls whose results are among them it is linked. */
  args: readonly unknown[];
  /** What the caller has of it, to pass on; undefined where the caller is elsewhere. */
  result: object | undefined;
}

/** What a thread tells OpenTelemetry. */
export interface Telemetry {
  /** Where the code that runs stands in a trace: below a turn, below a span of the user's own, below the run, or nowhere. */
  here(): Context;
  /** A call of an agent of another process is made. */
  madeCall(agent: SpanAgent, call: TracedCall): CallSpan;
  /** A call of an agent of this thread is made, or has arrived from another process. */
  arrivedCall(agent: SpanAgent, call: TracedCall & { isRemote: boolean }): CallSpan;
  /** A call that is only passed on: it stands in the trace as if it went there directly. */
  passedCall(parent: Context): CallSpan;
  /** The context as headers, `[name, value, …]`, as the propagators say that the user has chosen (W3C's by default). */
  toWire(context: Context): string[];
  /** The context that such headers tell of; that of nothing where they can't be read. */
  fromWire(headers: readonly string[]): Context;
  /** Runs code at a place in a trace; what it awaits stands there, too. */
  within<Result>(context: Context, code: () => Result): Result;
  /** Makes a call of a model, and tells of it. */
  modelCall(config: ModelConfig, request: ChatRequest, call: () => Promise<ChatResult>): Promise<ChatResult>;
  /** Makes a call of a tool, and tells of it. */
  toolCall<Result>(tool: { name: string; id: string }, call: () => Promise<Result>): Promise<Result>;
  /** The ids by which a line of a log finds its span; undefined outside of spans. */
  spanAt(context: Context): { traceId: string; spanId: string } | undefined;
  /** Sends what has not been sent. Never rejects. */
  flush(): Promise<void>;
  /** The script has nothing left to do: its run ends. */
  endRun(): void;
}
