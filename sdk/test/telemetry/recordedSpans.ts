import { trace } from "@opentelemetry/api";
import { NodeSDK, tracing } from "@opentelemetry/sdk-node";
import { startTelemetry } from "../../src/telemetry/startTelemetry.js";
import { telemetry } from "../../src/telemetry/telemetry.js";

const exporter = new tracing.InMemorySpanExporter();

/** Registers a provider, as a program does that has its own, and lets this thread tell it. */
export function recordSpans(runName?: () => string): void {
  new NodeSDK({
    spanProcessors: [new tracing.SimpleSpanProcessor(exporter)],
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [],
    autoDetectResources: false,
  }).start();
  startAnew(runName);
}

/** As a thread that starts now does, with the environment as it is. */
export function startAnew(runName?: () => string): void {
  const gauges = { agents: () => 0, queued: () => 0, running: () => 0 };
  startTelemetry({ service: "test", attributes: {}, warn: () => {} }, gauges, runName);
}

/** The spans that have ended since the last time, the first that ended first. */
export function takeSpans(): tracing.ReadableSpan[] {
  const spans = exporter.getFinishedSpans();
  exporter.reset();
  return spans;
}

/** Nothing is told of until the returned function is called. */
export function withoutTelemetry(): () => void {
  const { on } = telemetry;
  telemetry.on = undefined;
  return () => {
    telemetry.on = on;
  };
}

/** Of the program's own. */
export const ownTracer = () => trace.getTracer("the program's own");
