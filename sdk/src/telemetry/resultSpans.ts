import type { Link, SpanContext } from "@opentelemetry/api";

/** The spans of calls, by what their callers have of them: so a call is linked with those whose results it was given. */
export class ResultSpans {
  private readonly spans = new WeakMap<object, SpanContext>();

  note(result: object, span: SpanContext): void {
    this.spans.set(result, span);
  }

  linksOf(args: readonly unknown[]): Link[] {
    const links: Link[] = [];
    for (const arg of args.flat()) {
      const context = typeof arg === "object" && arg !== null ? this.spans.get(arg) : undefined;
      if (context !== undefined) links.push({ context });
    }
    return links;
  }
}
