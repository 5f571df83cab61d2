import type { PlaceholderRow } from "../../protocol/index.js";

/** Of a place that is called more often the newest calls are kept. */
const mostKept = 1000;

/** A place in a script at which agents are called, and the calls that were made there in one run. */
export class CallSite {
  private readonly kept = new Map<string, PlaceholderRow>();
  private dropped = 0;

  constructor(
    /** Counted from 1. */
    readonly line: number,
    readonly column: number,
  ) {}

  take(row: PlaceholderRow): void {
    this.kept.set(row.placeholderId, row);
    if (this.kept.size <= mostKept) return;
    const [oldest] = this.kept.keys();
    let first = oldest;
    for (const [id, { endedAtMs }] of this.kept) {
      if (endedAtMs === undefined) continue;
      first = id;
      break;
    }
    if (first === undefined) return;
    this.kept.delete(first);
    this.dropped++;
  }

  /** The newest calls, oldest first: of agents that were asked, or, where none was, of those that were told. */
  get calls(): PlaceholderRow[] {
    const all = [...this.kept.values()];
    const asked = all.filter(({ method }) => method !== "observe");
    return asked.length > 0 ? asked : all;
  }

  /** How many were made. */
  get count(): number {
    return this.calls.length + this.dropped;
  }
}
