import type { Context, TextMapGetter, TextMapSetter } from "@opentelemetry/api";
import type { OpenTelemetry } from "./openTelemetry.js";

/** Headers of a context beside a call: few and short, whoever sends them. */
const maxHeaders = 16;
const maxHeaderLength = 8192;

const setter: TextMapSetter<string[]> = { set: (headers, name, value) => void headers.push(name, value) };

const getter: TextMapGetter<Map<string, string>> = {
  keys: (headers) => [...headers.keys()],
  get: (headers, name) => headers.get(name.toLowerCase()),
};

/** `[name, value, …]`, as the propagators say. */
export function contextToWire({ api }: OpenTelemetry, context: Context): string[] {
  const headers: string[] = [];
  api.propagation.inject(context, headers, setter);
  return headers;
}

export function contextFromWire({ api }: OpenTelemetry, headers: readonly string[]): Context {
  const byName = new Map<string, string>();
  for (let at = 0; at + 1 < headers.length && byName.size < maxHeaders; at += 2) {
    const [name = "", value = ""] = headers.slice(at, at + 2);
    if (name.length + value.length <= maxHeaderLength) byName.set(name.toLowerCase(), value);
  }
  return api.propagation.extract(api.ROOT_CONTEXT, byName, getter);
}
