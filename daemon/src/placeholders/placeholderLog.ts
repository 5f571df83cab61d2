import type { CallBatch } from "agentscope-distributed/studio";
import { Emitter } from "../emitter.js";
import { StudioError } from "../errors.js";
import type { Page, PageRequest, PlaceholderRow, WaitStep } from "../protocol/index.js";
import type { RunInstances } from "../runs/runInstances.js";
import { type Call, instanceOf, rowOf, stateOf } from "./call.js";
import { type ToldCall, toldCalls } from "./callEvents.js";
import { ClockOffset } from "./clockOffset.js";
import { OpenCalls } from "./openCalls.js";
import { type CallCounts, hasFailed, RunCalls } from "./runCalls.js";
import { traceWait } from "./traceWait.js";

export interface PlaceholderLogOptions {
  /** The most calls that are kept of a run. Default 50,000. */
  perRun?: number;
  /** The most calls that are kept of all runs; the oldest of those that ended first go first. Default 150,000. */
  inAll?: number;
  /** The most calls that are kept of which the run is not known yet. Default 5,000. */
  unplaced?: number;
  /** The question of an agent that waits for a person's answer. */
  questionOf?: (runId: string, agent: string) => string | undefined;
}

/** Why a call is lost that was open when its script ended. */
export const runHasEnded = "the run has ended";

/**
 * The lives of placeholders, as scripts and servers tell of them.
 *
 * A call belongs to the run of the process that made it; one that an agent made on a server that serves several runs, to the run of
 * the call in whose turn it was made.
 */
export class PlaceholderLog {
  /** Calls of a run are new or have changed. */
  readonly changed = new Emitter<{ runId: string; placeholderIds: string[] }>();
  private readonly runs = new Map<string, RunCalls>();
  /** In the order of their ends. */
  private readonly endedRuns = new Set<string>();
  private readonly calls = new Map<string, Call>();
  /** Of no known run, oldest first. */
  private readonly unplaced = new Map<string, Call>();
  private readonly open = new OpenCalls();
  private readonly clocks = new Map<string, ClockOffset>();
  private readonly limits: { perRun: number; inAll: number; unplaced: number };
  private order = 0;
  private touched = new Map<string, Set<string>>();

  constructor(
    private readonly instances: RunInstances,
    private readonly options: PlaceholderLogOptions = {},
  ) {
    this.limits = {
      perRun: options.perRun ?? 50_000,
      inAll: options.inAll ?? 150_000,
      unplaced: options.unplaced ?? 5000,
    };
    instances.added.on(() => {
      this.placeAll();
      this.tell();
    });
  }

  /** @param teller the process that tells. */
  take(batch: CallBatch, teller: { instance: string }): void {
    const told = toldCalls(batch);
    const correctionMs = this.correction(told, teller.instance);
    for (const call of told) this.note({ ...call, atMs: call.atMs + correctionMs });
    this.countUntold(batch?.untold, teller.instance);
    this.tell();
  }

  counts(runId: string): CallCounts {
    const { calls = 0, failedCalls = 0, openCalls = 0, untoldCalls = 0 } = this.runs.get(runId)?.counts ?? {};
    return { calls: calls + untoldCalls, failedCalls, openCalls, untoldCalls };
  }

  /** How many calls of a run are counted, and no longer kept. */
  dropped(runId: string): number {
    return this.runs.get(runId)?.dropped ?? 0;
  }

  /** Of a run, newest first. */
  list(request: PageRequest & { runId: string; agentId?: string; open?: boolean }): Page<PlaceholderRow> {
    const { runId, agentId, open, offset, limit } = request;
    const calls = (this.runs.get(runId)?.newestFirst() ?? []).filter(
      (call) => (agentId === undefined || call.agent.agentId === agentId) && !(open === true && call.end !== undefined),
    );
    return {
      total: calls.length,
      offset,
      rows: calls.slice(offset, offset + limit).map((call) => this.row(call)),
    };
  }

  /** @throws StudioError */
  get(placeholderId: string): PlaceholderRow {
    return this.row(this.known(placeholderId));
  }

  /** Those of a list that are known. */
  rows(placeholderIds: Iterable<string>): PlaceholderRow[] {
    return [...placeholderIds].flatMap((id) => {
      const call = this.calls.get(id);
      return call === undefined ? [] : [this.row(call)];
    });
  }

  /**
   * Why a placeholder, or the next call of an agent, is not ready: the nearest first.
   *
   * @throws StudioError when nothing is known of it.
   */
  trace(request: { placeholderId: string } | { agentId: string }): WaitStep[] {
    const call = "placeholderId" in request ? this.known(request.placeholderId) : this.nextOf(request.agentId);
    if (call === undefined) return [];
    return traceWait(call, {
      call: (id) => this.calls.get(id),
      open: this.open,
      question: (of) => (of.runId === undefined ? undefined : this.options.questionOf?.(of.runId, of.agent.name)),
    });
  }

  /** The server at an address is gone: nothing comes of what was open there. */
  serverLost({ address, because }: { address: string; because: string }): void {
    for (const call of [...this.open.all()]) if (call.agent.server === address) this.lose(call, because);
    this.tell();
  }

  runEnded(runId: string): void {
    for (const call of [...this.open.all()]) if (call.runId === runId) this.lose(call, runHasEnded);
    this.endedRuns.add(runId);
    this.tell();
  }

  /** Nothing of a run is known afterwards. */
  forgetRun(runId: string): void {
    for (const call of this.runs.get(runId)?.newestFirst() ?? []) this.forget(call);
    this.runs.delete(runId);
    this.endedRuns.delete(runId);
  }

  /** A process is gone: its clock does not matter any more. */
  tellerGone(instance: string): void {
    this.clocks.delete(instance);
  }

  private correction(told: ToldCall[], instance: string): number {
    if (told.length === 0) return 0;
    let clock = this.clocks.get(instance);
    if (clock === undefined) this.clocks.set(instance, (clock = new ClockOffset()));
    clock.see(
      told.reduce((latest, { atMs }) => Math.max(latest, atMs), -Infinity),
      Date.now(),
    );
    return clock.correctionMs;
  }

  private note(told: ToldCall): void {
    const call = this.calls.get(told.id);
    switch (told.kind) {
      case "made":
      case "arrived":
        if (call === undefined) this.add(newCall(told, this.order++));
        else this.fill(call, told);
        // A call that is made in a turn tells that the turn is on, should nobody have told of its beginning.
        if (told.kind === "made" && told.turnOf !== undefined) this.begin(told.turnOf, told.atMs);
        return;
      case "begun":
        this.begin(told.id, told.atMs);
        return;
      case "ended":
        if (call !== undefined) this.end(call, told);
    }
  }

  private begin(id: string, atMs: number): void {
    const call = this.calls.get(id);
    // What was never told of, or is not kept, is not begun here.
    if (call === undefined || (call.begunAtMs ?? Infinity) <= atMs) return;
    call.begunAtMs = atMs;
    this.touch(call);
  }

  private fill(call: Call, told: ToldCall & { kind: "made" | "arrived" }): void {
    if (call.end === undefined) this.open.delete(call);
    if (told.kind === "made") {
      call.madeAtMs = told.atMs;
      // Who made the call knows best whom it called.
      call.agent = told.agent;
      call.inputs = told.inputs.map((input) => this.calls.get(input)?.id ?? input);
      call.madeIn = told.turnOf;
      call.at = told.at;
    } else {
      call.arrivedAtMs = told.atMs;
    }
    if (call.end === undefined) this.open.add(call);
    if (call.runId === undefined && this.place(call)) this.placeAll();
    this.touch(call);
  }

  private end(call: Call, { atMs, end }: ToldCall & { kind: "ended" }): void {
    const wasReady = call.end?.outcome === "ready";
    // Both ends may tell of it, and the first is right; only a value can still expire.
    if (call.end !== undefined && !call.isGuessed && !(wasReady && end.outcome === "expired")) return;
    const wasOpen = call.end === undefined;
    const hadFailed = hasFailed(call);
    call.end = end;
    call.isGuessed = false;
    if (!wasReady) call.endedAtMs = atMs;
    this.ended(call, { wasOpen, hadFailed });
  }

  private lose(call: Call, because: string): void {
    call.end = { outcome: "lost", error: because };
    call.isGuessed = true;
    call.endedAtMs = Date.now();
    this.ended(call, { wasOpen: true, hadFailed: false });
  }

  private ended(call: Call, { wasOpen, hadFailed }: { wasOpen: boolean; hadFailed: boolean }): void {
    const run = call.runId === undefined ? undefined : this.runs.get(call.runId);
    if (wasOpen) {
      this.open.delete(call);
      run?.end(call);
    } else {
      run?.endOtherwise(call, hadFailed);
    }
    this.touch(call);
    // What waited for it does not any more.
    for (const other of this.open.thatWaitFor(call.id)) this.touch(other);
  }

  private add(call: Call): void {
    this.calls.set(call.id, call);
    this.open.add(call);
    if (this.place(call)) {
      if (this.unplaced.size > 0) this.placeAll();
    } else {
      this.unplaced.set(call.id, call);
      const [oldest] = this.unplaced.values();
      if (this.unplaced.size > this.limits.unplaced && oldest !== undefined) this.forget(oldest);
    }
    this.touch(call);
  }

  /** Whether the run of a call is known. */
  private place(call: Call): boolean {
    const runId =
      this.instances.runOf(instanceOf(call.id)) ??
      (call.madeIn === undefined
        ? undefined
        : (this.calls.get(call.madeIn)?.runId ?? this.instances.runOf(instanceOf(call.madeIn))));
    if (runId === undefined) return false;
    call.runId = runId;
    this.unplaced.delete(call.id);
    let run = this.runs.get(runId);
    if (run === undefined) this.runs.set(runId, (run = new RunCalls(this.limits.perRun)));
    const dropped = run.add(call);
    if (dropped !== undefined) this.forget(dropped);
    if (this.calls.size > this.limits.inAll) this.makeRoom();
    return true;
  }

  /** With each call that is placed, those that were made in its turn can be. */
  private placeAll(): void {
    let isMore = this.unplaced.size > 0;
    while (isMore) {
      isMore = false;
      for (const call of [...this.unplaced.values()]) {
        if (!this.place(call)) continue;
        isMore = true;
        this.touch(call);
      }
    }
  }

  private makeRoom(): void {
    for (const runId of [...this.endedRuns, ...this.runs.keys()]) {
      const oldest = this.runs.get(runId)?.dropOldest();
      if (oldest === undefined) continue;
      this.forget(oldest);
      return;
    }
  }

  private forget(call: Call): void {
    this.calls.delete(call.id);
    this.unplaced.delete(call.id);
    if (call.end === undefined) this.open.delete(call);
  }

  private nextOf(agentId: string): Call | undefined {
    const calls = this.open.of(agentId);
    return calls.find((call) => call.begunAtMs !== undefined) ?? calls[0];
  }

  private known(placeholderId: string): Call {
    const call = this.calls.get(placeholderId);
    if (call === undefined) throw StudioError.notFound("placeholder", placeholderId);
    return call;
  }

  private row(call: Call): PlaceholderRow {
    return rowOf(
      call,
      stateOf(call, (id) => isOpen(this.calls.get(id))),
    );
  }

  private countUntold(untold: number | undefined, instance: string): void {
    // A server counts what its callers count, too.
    const runId = this.instances.isScript(instance) ? this.instances.runOf(instance) : undefined;
    if (runId === undefined || typeof untold !== "number" || !(untold > 0)) return;
    let run = this.runs.get(runId);
    if (run === undefined) this.runs.set(runId, (run = new RunCalls(this.limits.perRun)));
    run.counts.untoldCalls += untold;
    if (!this.touched.has(runId)) this.touched.set(runId, new Set());
  }

  private touch({ id, runId }: Call): void {
    if (runId === undefined) return;
    const ids = this.touched.get(runId);
    if (ids === undefined) this.touched.set(runId, new Set([id]));
    else ids.add(id);
  }

  private tell(): void {
    if (this.touched.size === 0) return;
    const touched = this.touched;
    this.touched = new Map();
    for (const [runId, ids] of touched) this.changed.emit({ runId, placeholderIds: [...ids] });
  }
}

function isOpen(call: Call | undefined): boolean {
  return call !== undefined && call.end === undefined;
}

function newCall(told: ToldCall & { kind: "made" | "arrived" }, order: number): Call {
  const isMade = told.kind === "made";
  return {
    id: told.id,
    runId: undefined,
    order,
    agent: told.agent,
    method: told.method,
    inputs: isMade ? told.inputs : [],
    madeIn: isMade ? told.turnOf : undefined,
    at: isMade ? told.at : undefined,
    madeAtMs: isMade ? told.atMs : undefined,
    arrivedAtMs: isMade ? undefined : told.atMs,
    begunAtMs: undefined,
    endedAtMs: undefined,
    end: undefined,
    isGuessed: false,
  };
}
