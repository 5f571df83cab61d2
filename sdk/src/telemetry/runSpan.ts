import type { Context, Span } from "@opentelemetry/api";
import type { OpenTelemetry } from "./openTelemetry.js";

/** So many calls of a script stand in the trace of its run; no tool shows more, and a run can last for weeks. */
const maxCallsOfRun = 10_000;

/**
 * The run of a script, the root of what it calls: from its first call until it has nothing left to do. What calls it, in the
 * environment's words (`TRACEPARENT`), is its parent.
 */
export class RunSpan {
  private state: { span: Span; context: Context } | undefined = undefined;
  private calls = 0;

  constructor(
    private readonly otel: OpenTelemetry,
    private readonly name: () => string,
  ) {}

  /** For what the script does now. */
  context(): Context {
    const { api } = this.otel;
    return ++this.calls > maxCallsOfRun ? api.ROOT_CONTEXT : (this.state ??= this.begin()).context;
  }

  private begin(): { span: Span; context: Context } {
    const { api, tracer } = this.otel;
    const { TRACEPARENT: traceparent = "", TRACESTATE: tracestate = "" } = process.env;
    const parent = api.propagation.extract(api.ROOT_CONTEXT, { traceparent, tracestate });
    const name = this.name();
    const attributes = { "gen_ai.operation.name": "invoke_workflow", "gen_ai.workflow.name": name };
    const span = tracer.startSpan(`invoke_workflow ${name}`, { attributes }, parent);
    return { span, context: api.trace.setSpan(parent, span) };
  }

  end(): void {
    this.state?.span.end();
  }
}
