import type { Attributes, Context } from "@opentelemetry/api";
import type { ChatRequest, ChatResult } from "../models/chatModel.js";
import type { ModelConfig } from "../models/modelConfigSchema.js";
import { ArrivedCall, MadeCall, type SpanParts } from "./callSpans.js";
import { Instruments, type ThreadGauges } from "./instruments.js";
import { spanOfModelCall, spanOfToolCall } from "./modelSpans.js";
import type { OpenTelemetry } from "./openTelemetry.js";
import { ResultSpans } from "./resultSpans.js";
import type { RunSpan } from "./runSpan.js";
import { SpanContents } from "./spanContents.js";
import type { CallSpan, SpanAgent, Telemetry, TracedCall } from "./telemetry.js";
import { contextFromWire, contextToWire } from "./wireContext.js";

/** What a thread tells by the providers of one OpenTelemetry. */
export class ThreadTelemetry implements Telemetry {
  private readonly parts: SpanParts;
  /** In a context: the agent in whose turn it is. */
  private readonly agentKey: symbol;

  constructor(
    private readonly otel: OpenTelemetry,
    gauges: ThreadGauges,
    private readonly run: RunSpan | undefined,
  ) {
    const instruments = new Instruments(otel.meter, gauges);
    this.parts = { otel, instruments, contents: new SpanContents(otel), results: new ResultSpans() };
    this.agentKey = otel.api.createContextKey("agentscope agent");
  }

  here(): Context {
    const { context, trace } = this.otel.api;
    const active = context.active();
    return this.run === undefined || trace.getSpan(active) !== undefined ? active : this.run.context();
  }

  madeCall(agent: SpanAgent, call: TracedCall): CallSpan {
    return new MadeCall(this.parts, agent, call);
  }

  arrivedCall(agent: SpanAgent, call: TracedCall & { isRemote: boolean }): CallSpan {
    const { id, name } = agent.label;
    const about: Attributes = { "gen_ai.agent.id": id, "gen_ai.agent.name": name };
    return new ArrivedCall(this.parts, agent, { ...call, parent: call.parent.setValue(this.agentKey, about) });
  }

  passedCall(parent: Context): CallSpan {
    return { context: parent, begun: () => {}, end: () => {} };
  }

  toWire(context: Context): string[] {
    return contextToWire(this.otel, context);
  }

  fromWire(headers: readonly string[]): Context {
    return contextFromWire(this.otel, headers);
  }

  within<Result>(context: Context, code: () => Result): Result {
    return this.otel.api.context.with(context, code);
  }

  modelCall(config: ModelConfig, request: ChatRequest, call: () => Promise<ChatResult>): Promise<ChatResult> {
    const parent = this.here();
    return spanOfModelCall(this.parts, { config, request, parent, agent: this.agentAt(parent) }, call);
  }

  toolCall<Result>(tool: { name: string; id: string }, call: () => Promise<Result>): Promise<Result> {
    const parent = this.here();
    return spanOfToolCall(this.parts, { ...tool, parent, agent: this.agentAt(parent) }, call);
  }

  private agentAt(context: Context): Attributes {
    return (context.getValue(this.agentKey) as Attributes | undefined) ?? {};
  }

  spanAt(context: Context): { traceId: string; spanId: string } | undefined {
    return this.otel.api.trace.getSpanContext(context);
  }

  endRun(): void {
    this.run?.end();
  }

  async flush(): Promise<void> {
    const { trace, metrics } = this.otel.api;
    const tracers = trace.getTracerProvider() as Flushable & { getDelegate?(): Flushable };
    const providers: Flushable[] = [tracers.getDelegate?.() ?? tracers, metrics.getMeterProvider() as Flushable];
    await Promise.allSettled(providers.map(async (provider) => provider.forceFlush?.()));
  }
}

/** A provider of an SDK; the API does not know that it can be asked to send. */
interface Flushable {
  forceFlush?(): Promise<void>;
}
