import type { PlaceholderRow } from "../../protocol/index.js";
import type { SourcePlace } from "../sourcePlace.js";
import { CallSite } from "./callSite.js";

/** Of a file with more places the first are shown. */
const mostSites = 1000;

/** The calls that the latest run of a file made from it, by place. */
export class FileCalls {
  private readonly byPlace = new Map<string, CallSite>();

  constructor(
    readonly path: string,
    readonly runId: string,
  ) {}

  take(row: PlaceholderRow, { line, column }: SourcePlace): void {
    const key = `${line}:${column}`;
    let site = this.byPlace.get(key);
    if (site === undefined) {
      if (this.byPlace.size >= mostSites) return;
      this.byPlace.set(key, (site = new CallSite(line, column)));
    }
    site.take(row);
  }

  get sites(): CallSite[] {
    return [...this.byPlace.values()];
  }
}
