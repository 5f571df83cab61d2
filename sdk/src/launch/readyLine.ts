/** What a server process tells the one that started it: one JSON line, when it is ready or could not become so. */
export type ReadyLine =
  | { event: "ready"; host: string; port: number; server_id: string }
  | { event: "failed"; message: string; code: string };

export function formatReadyLine(line: ReadyLine): string {
  return `${JSON.stringify(line)}\n`;
}

/** The line, if this is one. */
export function parseReadyLine(text: string): ReadyLine | undefined {
  try {
    const line = JSON.parse(text) as Partial<ReadyLine> | null;
    return line?.event === "ready" || line?.event === "failed" ? (line as ReadyLine) : undefined;
  } catch {
    return undefined;
  }
}
