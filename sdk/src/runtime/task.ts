import { AsyncLocalStorage } from "node:async_hooks";
import type { AgentLabel, AgentScopeError } from "../errors.js";
import { coarseNow } from "./coarseClock.js";
import { CallResult } from "../messages/callResult.js";
import { callId } from "../studio/callBatch.js";
import { type CallSpan, telemetry } from "../telemetry/telemetry.js";

/** The agent of a task, as others than its mailbox see it. */
export interface TaskAgent {
  readonly label: AgentLabel;
  readonly name: string;
  readonly className: string;
  /** A small number within the host, also its number as a caller. */
  readonly number: number;
  /** Whether it stands for an agent elsewhere and only passes calls on. */
  readonly passesOn: boolean;
  /** The call whose turn is on. */
  readonly running: Task | undefined;
  /** Calls of the same caller that stand before this one and wait for inputs, the nearest first. */
  heldUpBefore(task: Task): Task[];
  /** Whether its calls are of no use once their caller is gone. */
  readonly endsWithCaller: boolean;
  /** A call is given up: one that has not begun never does. */
  cancel(task: Task, error: AgentScopeError): void;
  /** The caller has the result of a call. */
  released(task: Task): void;
}

/** More are forgotten, and go by again. */
const maxSearches = 64;

/** Who is told that a call of an agent of this host has ended. */
export interface TaskSink {
  /** How its calls are named; undefined for those that have no name. */
  readonly callerName?: string | undefined;
  taskEnded(task: Task): void;
  /** Its result, which nobody has released, was dropped. */
  taskDropped?(task: Task): void;
}

/**
 * A call of an agent of this host, from its arrival to its release.
 *
 * `waiting` (for its inputs, its turn, or both) → `running` → `done` | `failed`. A call that fails before its turn never runs.
 */
export class Task {
  state: "waiting" | "running" | "done" | "failed" = "waiting";
  /** How many inputs are not there yet. */
  missing = 0;
  /** The result (a snapshot, maybe a LargeValue) or the failure. */
  outcome: unknown = undefined;
  /** `performance.now()` when its turn began, then when it ended. */
  since = 0;
  /** Results it waits for while it runs: edges of the wait-for graph. */
  awaiting: Set<CallResult<unknown>> | undefined = undefined;
  /** Searches for a cycle that have come by lately. */
  private searches: Set<string> | undefined = undefined;
  /** Its neighbours among the calls that run, then among those that have ended and are kept (taskList.ts). */
  before: Task | undefined = undefined;
  after: Task | undefined = undefined;
  /** It stands in the pool's list. */
  pooled = false;
  /** Whoever watches is told of it. */
  told = false;
  /** Its place in a trace, until it has ended; where nobody traces none. */
  span: CallSpan | undefined = undefined;
  /** Called at its end; for those who ask for its result before. */
  private watchers: ((task: Task) => void)[] | undefined = undefined;

  readonly caller: number;
  readonly seq: number;
  readonly method: string;
  readonly args: unknown[];
  readonly sink: TaskSink;

  constructor(
    readonly agent: TaskAgent,
    call: {
      /** Whose calls stand in one queue: one caller's calls of this agent keep their order. */
      caller: number;
      seq: number;
      /** `reply`, `observe`, or the name of another method. */
      method: string;
      /** Values, and results that are not there yet. */
      args: unknown[];
      sink: TaskSink;
    },
  ) {
    this.caller = call.caller;
    this.seq = call.seq;
    this.method = call.method;
    this.args = call.args;
    this.sink = call.sink;
  }

  /** The inputs that are not there yet. */
  inputs(): CallResult<unknown>[] {
    return this.args.flat().filter((arg) => arg instanceof CallResult);
  }

  get ended(): boolean {
    return this.state === "done" || this.state === "failed";
  }

  /** Calls back once it has ended, at once when it has. */
  whenEnded(watcher: (task: Task) => void): void {
    if (this.ended) watcher(this);
    else (this.watchers ??= []).push(watcher);
  }

  end(state: "done" | "failed", outcome: unknown): void {
    this.state = state;
    this.outcome = outcome;
    this.since = coarseNow();
    this.args.length = 0;
    this.awaiting = undefined;
    this.searches = undefined;
    this.sink.taskEnded(this);
    const watchers = this.watchers;
    this.watchers = undefined;
    if (watchers !== undefined) for (const watcher of watchers) watcher(this);
  }

  /** Notes that a search for a cycle comes by; false when it has been here. There can be very many ways to a call. */
  isNewTo(search: string): boolean {
    this.searches ??= new Set();
    if (this.searches.has(search)) return false;
    if (this.searches.size >= maxSearches) this.searches.clear();
    this.searches.add(search);
    return true;
  }

  /** Undefined for one that has none: a call within the thread while nobody watches. */
  get callId(): string | undefined {
    const { callerName } = this.sink;
    return callerName === undefined ? undefined : callId(callerName, this.seq);
  }

  get failure(): AgentScopeError {
    return this.outcome as AgentScopeError;
  }
}

const turns = new AsyncLocalStorage<Task>();
let tracked = false;

/** The task whose code is running, also after an `await` in it; undefined in a script. */
export function currentTask(): Task | undefined {
  return tracked ? turns.getStore() : undefined;
}

/**
 * From now on turns are tracked through their `await`s, which makes each promise of the thread dearer: called when the thread
 * gets its first agent or handle that code can call. Before that no turn can call anything.
 */
export function trackTurns(): void {
  tracked = true;
}

/** Code that runs a task's turn. */
interface TurnStarter<Instance> {
  start(instance: Instance, task: Task): unknown;
}

/** Starts a task's turn, as part of it. */
export function runTurn<Instance>(turn: TurnStarter<Instance>, instance: Instance, task: Task): unknown {
  const { span } = task;
  if (span === undefined || telemetry.on === undefined) return startTracked(turn, instance, task);
  return telemetry.on.within(span.context, () => startTracked(turn, instance, task));
}

function startTracked<Instance>(turn: TurnStarter<Instance>, instance: Instance, task: Task): unknown {
  return tracked ? turns.run(task, startIn, turn, instance, task) : turn.start(instance, task);
}

/** Runs code that belongs to no turn, though it may be reached from one. */
export function runOutsideTurns<Result>(code: () => Result): Result {
  return tracked ? turns.exit(code) : code();
}

function startIn<Instance>(turn: TurnStarter<Instance>, instance: Instance, task: Task): unknown {
  return turn.start(instance, task);
}
