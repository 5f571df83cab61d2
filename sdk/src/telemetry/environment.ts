/** The variables of the OpenTelemetry specification that say that there is somebody to tell, and by `none` that there is not. */
const exporters = ["OTEL_TRACES_EXPORTER", "OTEL_METRICS_EXPORTER"] as const;
const endpoints = [
  "OTEL_EXPORTER_OTLP_ENDPOINT",
  "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
  "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
] as const;

/** The variable by which the environment asks for telemetry; undefined where it does not. */
export function askedForBy(environment: NodeJS.ProcessEnv): string | undefined {
  const value = (name: string) => environment[name]?.trim() || undefined;
  if (value("OTEL_SDK_DISABLED")?.toLowerCase() === "true") return undefined;
  if (exporters.every((name) => value(name) === "none")) return undefined;
  const isSet = (name: string) => value(name) !== undefined && value(name) !== "none";
  return [...endpoints, ...exporters].find(isSet);
}
