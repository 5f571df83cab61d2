import type { Attributes, Context, Span } from "@opentelemetry/api";
import { agentAttributes, agentMeasured, errorType, serverAttributes } from "./attributes.js";
import type { Instruments } from "./instruments.js";
import type { OpenTelemetry } from "./openTelemetry.js";
import type { ResultSpans } from "./resultSpans.js";
import type { SpanContents } from "./spanContents.js";
import type { CallSpan, SpanAgent, TracedCall } from "./telemetry.js";

/** What the spans of a thread have in common. */
export interface SpanParts {
  otel: OpenTelemetry;
  instruments: Instruments;
  contents: SpanContents;
  results: ResultSpans;
}

/** The span of a call, and what is measured of it. */
abstract class MeasuredCall implements CallSpan {
  readonly context: Context;
  protected readonly span: Span;
  protected readonly madeAt = performance.now();
  protected readonly measured: Attributes;
  private hasEnded = false;

  constructor(
    protected readonly parts: SpanParts,
    protected readonly agent: SpanAgent,
    { method, parent, args, result, kind }: TracedCall & { kind: "CLIENT" | "SERVER" | "INTERNAL" },
  ) {
    const { api, tracer } = parts.otel;
    // A million agents have a million names, but few classes.
    this.measured = agentMeasured(agent, method);
    const name = method === "reply" ? `invoke_agent ${agent.label.name}` : `invoke_agent ${agent.label.name}.${method}`;
    const attributes = agentAttributes(agent, method);
    const links = parts.results.linksOf(args);
    this.span = tracer.startSpan(name, { kind: api.SpanKind[kind], attributes, links }, parent);
    if (result !== undefined) parts.results.note(result, this.span.spanContext());
    this.context = api.trace.setSpan(parent, this.span);
  }

  begun(): void {}

  end(error?: Error): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    if (error !== undefined) this.parts.contents.failed(this.span, error);
    this.measure((performance.now() - this.madeAt) / 1000, {
      ...this.measured,
      ...(error !== undefined && { "error.type": errorType(error) }),
    });
    this.span.end();
  }

  protected abstract measure(seconds: number, attributes: Attributes): void;
}

/** A call of an agent of another process, until its answer is here. */
export class MadeCall extends MeasuredCall {
  constructor(parts: SpanParts, agent: SpanAgent, call: TracedCall) {
    super(parts, agent, { ...call, kind: "CLIENT" });
    parts.instruments.pendingCalls.add(1, this.measured);
  }

  protected measure(seconds: number, attributes: Attributes): void {
    const { instruments } = this.parts;
    // Only now it is known for certain where the agent lives.
    const server = serverAttributes(this.agent.label.server);
    this.span.setAttributes(server);
    instruments.pendingCalls.add(-1, this.measured);
    instruments.operationDuration.record(seconds, { ...attributes, ...server });
  }
}

/** A call of an agent of this thread, from its arrival until its end; its turn begins somewhere in between. */
export class ArrivedCall extends MeasuredCall {
  constructor(parts: SpanParts, agent: SpanAgent, { isRemote, ...call }: TracedCall & { isRemote: boolean }) {
    super(parts, agent, { ...call, kind: isRemote ? "SERVER" : "INTERNAL" });
  }

  override begun(): void {
    this.span.addEvent("agentscope.turn.begun");
    this.parts.instruments.callWait.record((performance.now() - this.madeAt) / 1000, this.measured);
  }

  protected measure(seconds: number, attributes: Attributes): void {
    this.parts.instruments.agentDuration.record(seconds, attributes);
  }
}
