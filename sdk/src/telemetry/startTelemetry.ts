import type { ThreadGauges } from "./instruments.js";
import { openTelemetry, type TelemetrySource } from "./openTelemetry.js";
import { RunSpan } from "./runSpan.js";
import { telemetry } from "./telemetry.js";
import { ThreadTelemetry } from "./threadTelemetry.js";

/**
 * From now on this thread tells OpenTelemetry of what it does, if somebody is there to be told.
 *
 * @param runName of the run that this thread is the script of; in other threads none.
 */
export function startTelemetry(source: TelemetrySource, gauges: ThreadGauges, runName?: () => string): void {
  const otel = openTelemetry(source);
  if (otel === undefined) return;
  const run = runName === undefined ? undefined : new RunSpan(otel, runName);
  telemetry.on = new ThreadTelemetry(otel, gauges, run);
}
