import type { LogBook } from "../../log/logBook.js";
import type { LogLine } from "../../protocol/index.js";
import type { OpenView } from "../view.js";

/** Lines that are shown at first, and the most that are sent at a time. */
const mostLines = 500;

/** @param source undefined: of all */
export function logView(log: LogBook, source: string | undefined): OpenView {
  return (changed) => {
    let lines: LogLine[] = log.tail(source, mostLines);
    let skipped = 0;
    const remove = log.lineWritten.on((line) => {
      if (source !== undefined && line.source !== source) return;
      lines.push(line);
      // Of many the last are kept; cut now and then, since each cut moves all.
      if (lines.length >= 2 * mostLines) skipped += lines.splice(0, lines.length - mostLines).length;
      changed();
    });
    return {
      next: () => {
        skipped += Math.max(0, lines.length - mostLines);
        const event = { kind: "log" as const, lines: lines.slice(-mostLines), skipped };
        lines = [];
        skipped = 0;
        return event;
      },
      [Symbol.dispose]: remove,
    };
  };
}
