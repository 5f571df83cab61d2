import type { Histogram, Meter, UpDownCounter } from "@opentelemetry/api";

/** What can be read of a thread at any time. */
export interface ThreadGauges {
  agents(): number;
  /** Calls whose turn has not begun, and those whose turn is on. */
  queued(): number;
  running(): number;
}

/** As the conventions advise, in seconds. */
const secondsBuckets = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const tokenBuckets = [
  1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
];

/** What a thread measures; docs/operations.md has what it means. */
export class Instruments {
  /** Calls of agents elsewhere and of models, as their callers see them. */
  readonly operationDuration: Histogram;
  /** Calls of agents of this thread, from arrival to end. */
  readonly agentDuration: Histogram;
  readonly callWait: Histogram;
  readonly tokenUsage: Histogram;
  readonly toolDuration: Histogram;
  readonly pendingCalls: UpDownCounter;

  constructor(meter: Meter, gauges: ThreadGauges) {
    const seconds = { unit: "s", advice: { explicitBucketBoundaries: secondsBuckets } };
    this.operationDuration = meter.createHistogram("gen_ai.client.operation.duration", {
      ...seconds,
      description: "GenAI operation duration.",
    });
    this.agentDuration = meter.createHistogram("gen_ai.invoke_agent.duration", {
      ...seconds,
      description: "Calls of agents, from their arrival until their end.",
    });
    this.toolDuration = meter.createHistogram("gen_ai.execute_tool.duration", {
      ...seconds,
      description: "Calls of tools.",
    });
    this.callWait = meter.createHistogram("agentscope.call.wait", {
      ...seconds,
      description: "How long calls waited for their inputs and their turn.",
    });
    this.tokenUsage = meter.createHistogram("gen_ai.client.token.usage", {
      unit: "{token}",
      advice: { explicitBucketBoundaries: tokenBuckets },
      description: "Number of input and output tokens used.",
    });
    this.pendingCalls = meter.createUpDownCounter("agentscope.calls.pending", {
      unit: "{call}",
      description: "Calls of agents elsewhere whose answers are not here.",
    });
    const gauge = (name: string, unit: string, read: () => number) =>
      meter.createObservableGauge(name, { unit }).addCallback((result) => result.observe(read()));
    gauge("agentscope.agents", "{agent}", () => gauges.agents());
    gauge("agentscope.calls.queued", "{call}", () => gauges.queued());
    gauge("agentscope.calls.running", "{call}", () => gauges.running());
  }
}
