import { Emitter } from "../../emitter.js";
import { type PlaceholderLog, runHasEnded } from "../../placeholders/placeholderLog.js";
import type { PlaceholderRow, RunRow } from "../../protocol/index.js";
import type { Runs } from "../../runs/runs.js";
import { sourcePlace } from "../sourcePlace.js";
import { FileCalls } from "./fileCalls.js";
import { hasFailed } from "./siteLabel.js";

/** What has come is looked at together, so often. */
const everyMs = 100;
const mostRuns = 50;
const mostFiles = 200;
const mostFailures = 200;
/** Of a run that is there already, so many of its newest calls are looked at. */
const mostCallsAtFirst = 20_000;

interface LatestRun {
  readonly row: RunRow;
  /** Calls that failed, by their ids. */
  readonly failures: Map<string, PlaceholderRow>;
}

/**
 * The calls of the latest run of each script, by the places in files from which they were made.
 *
 * Nothing is done when a call is told of but to note its id: what has changed is asked for {@link everyMs} later.
 */
export class LatestCalls implements Disposable {
  /** Something is to be shown in another way. */
  readonly changed = new Emitter<void>();
  private readonly files = new Map<string, FileCalls>();
  private readonly byScript = new Map<string, LatestRun>();
  private readonly byId = new Map<string, LatestRun>();
  private readonly changedCalls = new Map<string, Set<string>>();
  private readonly removals: (() => void)[];
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly parts: { runs: Runs; placeholders: PlaceholderLog }) {
    const { runs, placeholders } = parts;
    for (const row of runs.rows({ offset: 0, limit: mostRuns }).rows.reverse()) {
      if (this.begin(row)) this.takeAll(row.runId);
    }
    this.removals = [
      runs.changed.on((runId) => this.noted(runId, [])),
      placeholders.changed.on(({ runId, placeholderIds }) => this.noted(runId, placeholderIds)),
    ];
  }

  [Symbol.dispose](): void {
    clearTimeout(this.timer);
    for (const remove of this.removals) remove();
  }

  fileCalls(path: string): FileCalls | undefined {
    return this.files.get(path);
  }

  run(runId: string): RunRow | undefined {
    return this.byId.get(runId)?.row;
  }

  /** Calls of the latest runs that failed by themselves, not by what they were given. */
  failures(): PlaceholderRow[] {
    return [...this.byId.values()].flatMap(({ failures }) =>
      [...failures.values()].filter(({ inputs }) => !this.rows(inputs).some(hasFailed)),
    );
  }

  rows(placeholderIds: readonly string[]): PlaceholderRow[] {
    return this.parts.placeholders.rows(placeholderIds);
  }

  private noted(runId: string, placeholderIds: readonly string[]): void {
    const ids = this.changedCalls.get(runId);
    if (ids === undefined) this.changedCalls.set(runId, new Set(placeholderIds));
    else for (const id of placeholderIds) ids.add(id);
    this.timer ??= setTimeout(() => this.look(), everyMs).unref();
  }

  private look(): void {
    this.timer = undefined;
    const changed = [...this.changedCalls];
    this.changedCalls.clear();
    let isShown = false;
    for (const [runId, ids] of changed) {
      isShown = this.follow(runId) || isShown;
      if (ids.size === 0 || !this.byId.has(runId)) continue;
      for (const row of this.rows([...ids])) this.take(row);
      isShown = true;
    }
    if (isShown) this.changed.emit();
  }

  /** @returns whether the run is new and the latest of its script, or gone. */
  private follow(runId: string): boolean {
    if (this.byId.has(runId)) return false;
    const { rows } = this.parts.runs.rows({ offset: 0, limit: mostRuns });
    const row = rows.find((one) => one.runId === runId);
    return row !== undefined && this.begin(row);
  }

  /** @returns whether it is the latest of its script. */
  private begin(row: RunRow): boolean {
    const before = this.byScript.get(row.script);
    if (before !== undefined && before.row.startedAtMs > row.startedAtMs) return false;
    if (before !== undefined) this.end(before);
    const run: LatestRun = { row, failures: new Map() };
    this.byScript.set(row.script, run);
    this.byId.set(row.runId, run);
    const [oldest] = this.byScript.values();
    if (this.byScript.size > mostRuns && oldest !== undefined) this.end(oldest);
    return true;
  }

  private end({ row }: LatestRun): void {
    this.byScript.delete(row.script);
    this.byId.delete(row.runId);
    for (const [path, { runId }] of this.files) if (runId === row.runId) this.files.delete(path);
  }

  private takeAll(runId: string): void {
    const { rows } = this.parts.placeholders.list({ runId, offset: 0, limit: mostCallsAtFirst });
    for (const row of rows.reverse()) this.take(row);
  }

  private take(row: PlaceholderRow): void {
    const run = this.byId.get(row.runId);
    if (run === undefined) return;
    const { failures } = run;
    if (isOwnFailure(row) && (failures.has(row.placeholderId) || failures.size < mostFailures)) {
      failures.set(row.placeholderId, row);
    } else {
      failures.delete(row.placeholderId);
    }
    const place = row.at === undefined ? undefined : sourcePlace(row.at);
    if (place !== undefined) this.fileOf(place.path, run.row)?.take(row, place);
  }

  /** Undefined where a later run, of another script, has called from the file. */
  private fileOf(path: string, run: RunRow): FileCalls | undefined {
    const known = this.files.get(path);
    if (known?.runId === run.runId) return known;
    const later = known === undefined ? undefined : this.run(known.runId);
    if (later !== undefined && later.startedAtMs > run.startedAtMs) return undefined;
    const file = new FileCalls(path, run.runId);
    this.files.delete(path);
    this.files.set(path, file);
    const [oldest] = this.files.keys();
    if (this.files.size > mostFiles && oldest !== undefined) this.files.delete(oldest);
    return file;
  }
}

/** What is lost with the end of a run was waited for by nobody. */
function isOwnFailure({ state, endedAtMs, error }: PlaceholderRow): boolean {
  if (state === "failed") return true;
  return state === "lost" && endedAtMs !== undefined && error !== undefined && error !== runHasEnded;
}
