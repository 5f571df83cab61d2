import { agentBrand } from "../agents/brand.js";
import { type AgentLabel, AgentScopeError } from "../errors.js";
import { isDebugged } from "../link/debugged.js";
import { failureOfAgent, failureOfGoneAgent, withChain } from "../link/failure.js";
import type { CallResult } from "../messages/callResult.js";
import { unwrapLarge } from "../messages/largeValue.js";
import { callWatch } from "../studio/callLog.js";
import { telemetry } from "../telemetry/telemetry.js";
import { type AgentInstance, callGivenUp, isThenable, relayedCall } from "./agentCode.js";
import type { AgentKeeper } from "./agentKeeper.js";
import { creationError, setUp } from "./agentSetup.js";
import type { AgentSpec } from "./agentSpec.js";
import type { CallCounters } from "./callCounters.js";
import { Mailbox } from "./mailbox.js";
import type { AgentReference, AgentTarget, ReferenceTarget } from "./agentTarget.js";
import { coarseNow } from "./coarseClock.js";
import { LocalResult } from "./localResult.js";
import type { Person } from "./person.js";
import { awaitInputs, type InputListener } from "./taskInputs.js";
import { tellBegun, tellEnded, tellLocal } from "./toldCalls.js";
import { endTraced, traceLocal } from "./tracedCalls.js";
import { currentTask, runTurn, Task, type TaskAgent, type TaskSink } from "./task.js";
import type { SliceWaiter, TimeSlice } from "./timeSlice.js";
import { pendingTurn, Turn } from "./turn.js";
import { resultOfTurn } from "./turnResult.js";

type State =
  | typeof creating
  | { kind: "ready"; instance: AgentInstance }
  | { kind: "failed"; error: AgentScopeError }
  | { kind: "deleted" };

/** The host of an agent, as the agent sees it. */
export interface AgentHome {
  readonly serverName: string;
  /** The longest turn of a call. */
  readonly callTimeoutMs: number;
  /** In which the agents of the thread begin their turns. */
  readonly slice: TimeSlice;
  readonly counters: CallCounters;
  begun(agent: HostedAgent, task: Task): void;
  finished(agent: HostedAgent, task: Task): void;
  /** A call has failed, whether its turn had begun or not. */
  failed(agent: HostedAgent, task: Task, error: Error): void;
  /** Whom agents speak to that nobody elsewhere has made. */
  readonly person: Person | undefined;
  /** Whether calls are of no use once their caller is gone. */
  readonly endsWithCaller: boolean;
}

const creating = { kind: "creating" } as const;

/**
 * An agent and its mailbox.
 *
 * 1. One call runs at a time; the next begins when it has ended.
 * 2. No call begins before `setup` has ended; if the agent can't be made, each of its calls fails with the same error.
 * 3. A call that was given a failed result is not run: it fails with the same root cause, in its caller's order or before.
 */
export class HostedAgent implements AgentTarget, TaskAgent, InputListener, SliceWaiter {
  private state: State = creating;
  running: Task | undefined = undefined;
  private advancing = false;
  // Made when they are needed: there can be a million agents, most of them idle.
  /** @internal */ mailbox: Mailbox | undefined = undefined;
  private turn: Turn | undefined = undefined;
  private stoppedClocks = 0;
  private creationWatchers: ((error?: AgentScopeError) => void)[] | undefined = undefined;
  /** Of an agent that is made again when its server is lost. */
  keeper: AgentKeeper | undefined = undefined;
  /** Ends the way by which its maker calls it. */
  private endCalls: (() => void) | undefined = undefined;

  constructor(
    private readonly host: AgentHome,
    /** A small number within the host, also its number as a caller. */
    readonly number: number,
    /** What is known of it until the order to make it comes, then that. */
    public spec: AgentSpec,
  ) {}

  get id(): string {
    return this.spec.id;
  }

  get name(): string {
    return this.spec.name;
  }

  get className(): string {
    return this.spec.className;
  }

  get label(): AgentLabel {
    return { name: this.name, id: this.id, server: this.host.serverName };
  }

  get endsWithCaller(): boolean {
    return this.host.endsWithCaller;
  }

  /** Whom it speaks to: the person at the program that made it. */
  get person(): Person | undefined {
    return this.spec.person ?? this.host.person;
  }

  get instance(): AgentInstance | undefined {
    return this.state.kind === "ready" ? this.state.instance : undefined;
  }

  get passesOn(): boolean {
    return this.instance?.[relayedCall] !== undefined;
  }

  /** Its constructor or `setup` has not ended. */
  get isBeingMade(): boolean {
    return this.state.kind === "creating";
  }

  /** It is made, and was not deleted. */
  get isReady(): boolean {
    return this.state.kind === "ready";
  }

  get queueLength(): number {
    return (this.mailbox?.size ?? 0) + (this.running === undefined ? 0 : 1);
  }

  /** The agent is made; `setup` is awaited before its first call. */
  made(instance: AgentInstance): void {
    if (this.state.kind !== "creating") return;
    if (typeof instance === "object") Object.defineProperty(instance, agentBrand, { value: this });
    try {
      const setup = setUp(instance, this.keeper);
      if (!isThenable(setup)) this.becomeReady(instance);
      else {
        setup.then(
          () => this.becomeReady(instance),
          (thrown: unknown) => this.creationFailed(thrown),
        );
      }
    } catch (thrown) {
      this.creationFailed(thrown);
    }
  }

  private becomeReady(instance: AgentInstance): void {
    if (this.state.kind !== "creating") return;
    this.state = { kind: "ready", instance };
    this.creationEnded();
    this.next();
  }

  /** The agent can't be made: class unknown, constructor or `setup` threw. */
  creationFailed(thrown: unknown): void {
    const error = creationError(thrown, this);
    this.state = { kind: "failed", error };
    this.creationEnded(error);
    this.failWaiting(error);
  }

  /** Calls back when it is made, or can't be. */
  whenCreated(watcher: (error?: AgentScopeError) => void): void {
    if (this.state.kind === "creating") (this.creationWatchers ??= []).push(watcher);
    else watcher(this.state.kind === "failed" ? this.state.error : undefined);
  }

  private creationEnded(error?: AgentScopeError): void {
    const watchers = this.creationWatchers;
    this.creationWatchers = undefined;
    if (watchers !== undefined) for (const watcher of watchers) watcher(error);
  }

  /** A call from this thread. */
  call(method: string, args: unknown[], result: CallResult<unknown>): void {
    const inputs = args.map((arg) => (Array.isArray(arg) ? arg.map(unwrapLarge) : unwrapLarge(arg)));
    const caller = currentTask()?.agent.number ?? 0;
    const { log } = callWatch;
    const sink: TaskSink = {
      callerName: log?.localCaller,
      taskEnded: ({ state, failure, outcome }) => {
        if (state === "failed") result.fail(failure);
        else result.fulfil(unwrapLarge(outcome));
      },
    };
    const task = new Task(this, { caller, seq: log?.nextLocal() ?? 0, method, args: inputs, sink });
    result.source = new LocalResult(task);
    if (log !== undefined && !this.endsWithCaller) tellLocal(log, task);
    if (telemetry.on !== undefined) traceLocal(telemetry.on, task, result);
    this.submit(task);
  }

  reference(to: ReferenceTarget): AgentReference {
    const { self, ownLane } = to;
    const address = to.canReach(self) ? self.address : "";
    return [address, self.realm, self.instance, ownLane, this.id, this.name, this.className];
  }

  /** A call has arrived. */
  submit(task: Task): void {
    this.host.counters.arrived();
    if (this.state.kind === "failed" || this.state.kind === "deleted") {
      this.end(task, "failed", this.state.kind === "failed" ? this.state.error : this.goneError());
      return;
    }
    awaitInputs(task, this);
    if (task.ended) return;
    if (this.queueLength === 0 && task.missing === 0 && this.state.kind === "ready" && this.host.slice.hasTime(this)) {
      this.run(task, this.state.instance);
    } else {
      (this.mailbox ??= new Mailbox()).add(task);
      this.next();
    }
  }

  /** @internal */
  inputsReady(task: Task): void {
    this.mailbox?.becameReady(task);
    this.next();
  }

  /** @internal */
  inputFailed(task: Task, error: AgentScopeError): void {
    this.mailbox?.remove(task);
    this.end(task, "failed", withChain(error, this.label));
    this.next();
  }

  /** Begins the next call if none is running and one can. */
  private next(): void {
    // A turn that ends at once comes back here: the loop that began it goes on.
    if (this.advancing) return;
    this.advancing = true;
    try {
      while (this.running === undefined && this.state.kind === "ready") {
        if (this.mailbox?.hasReady !== true || !this.host.slice.hasTime(this)) return;
        const task = this.mailbox.take();
        if (task === undefined) return;
        if (this.mailbox.size === 0) this.mailbox = undefined;
        this.run(task, this.state.instance);
      }
    } finally {
      this.advancing = false;
    }
  }

  /** @internal The thread has time for its calls again. */
  goOn(): void {
    this.next();
  }

  private run(task: Task, instance: AgentInstance): void {
    this.running = task;
    task.state = "running";
    task.since = coarseNow();
    if (task.told) tellBegun(task);
    task.span?.begun();
    this.host.begun(this, task);
    const turn = (this.turn ??= new Turn(this));
    try {
      this.keeper?.begin(task);
      const returned = runTurn(turn, instance, task);
      if (returned !== pendingTurn) this.runEnded(task, returned);
    } catch (thrown) {
      this.runFailed(task, thrown);
    }
  }

  /** @internal */
  runEnded(task: Task, value: unknown): void {
    if (task.ended) return;
    try {
      this.finish(task, "done", resultOfTurn(task, value));
    } catch (thrown) {
      this.runFailed(task, thrown);
    }
  }

  /** @internal */
  runFailed(task: Task, thrown: unknown): void {
    if (task.ended) return;
    // What an agent elsewhere failed with is no failure of who passes its calls on.
    const passedOn = this.passesOn && thrown instanceof AgentScopeError;
    this.finish(task, "failed", passedOn ? thrown : failureOfAgent(thrown, this.label));
  }

  /** A turn has ended; who called is told once the agent's state is saved, where it is. */
  private finish(task: Task, state: "done" | "failed", outcome: unknown): void {
    const { keeper } = this;
    if (keeper?.changes(task) !== true) return this.endTurn(task, state, outcome);
    keeper.save(this.instance).then(
      () => this.endTurn(task, state, outcome),
      (thrown: unknown) =>
        this.endTurn(task, "failed", state === "failed" ? outcome : failureOfAgent(thrown, this.label)),
    );
  }

  private endTurn(task: Task, state: "done" | "failed", outcome: unknown): void {
    if (task.ended) return;
    this.host.finished(this, task);
    if (this.running === task) this.running = undefined;
    this.end(task, state, outcome);
    this.next();
  }

  private end(task: Task, state: "done" | "failed", outcome: unknown): void {
    if (task.ended) return;
    this.host.counters.ended();
    if (task.told) tellEnded(task, state, outcome);
    if (state === "failed") this.host.failed(this, task, outcome as Error);
    if (task.span !== undefined) endTraced(task, state, outcome);
    task.end(state, outcome);
  }

  /** Ends a call whose turn has lasted longer than its time limit; the agent takes its next call. */
  checkDeadline(now: number): void {
    const task = this.running;
    const { callTimeoutMs } = this.host;
    if (task !== undefined && this.stoppedClocks > 0) task.since = now;
    // What passes calls on waits for an agent that has the limit.
    if (task === undefined || this.passesOn || now - task.since < callTimeoutMs) return;
    if (isDebugged()) {
      task.since = now;
      return;
    }
    const limit = `${callTimeoutMs / 1000} s`;
    // What the old turn still gives must not end the next one's call.
    this.turn = undefined;
    const error = new AgentScopeError("DEADLINE_EXCEEDED", `the call lasted longer than callTimeoutSeconds (${limit})`);
    this.endTurn(task, "failed", failureOfAgent(error, this.label));
  }

  /** While this is awaited, which only a person can hurry, the time limit of a call does not run. */
  async withClockStopped<T>(wait: PromiseLike<T>): Promise<T> {
    this.stoppedClocks++;
    try {
      return await wait;
    } finally {
      this.stoppedClocks--;
      if (this.running !== undefined) this.running.since = coarseNow();
    }
  }

  /** A call is given up: one that has not begun never does, and the code of one that runs is told. */
  cancel(task: Task, error: AgentScopeError): void {
    if (task === this.running) this.instance?.[callGivenUp]?.();
    if (task.state !== "waiting") return;
    this.mailbox?.remove(task);
    this.end(task, "failed", error);
    this.next();
  }

  /** Calls of the same caller that stand before this one and wait for inputs, the nearest first. */
  heldUpBefore(task: Task): Task[] {
    return this.mailbox?.heldUpBefore(task) ?? [];
  }

  /** @internal The caller has the result of a call. */
  released(task: Task): void {
    this.keeper?.released(task);
  }

  /** @param endCalls ends the way by which its maker calls it, once that comes by another one. */
  calledBy(endCalls: () => void): void {
    this.endCalls = endCalls;
  }

  /** Its maker, who has lost the way to it, has found it again: calls that have not begun come once more. */
  takenBack(spec: AgentSpec): void {
    this.endCalls?.();
    if (spec.recovery !== undefined) this.keeper?.takenBack(spec.recovery);
    this.spec = spec;
    this.failWaiting(new AgentScopeError("CANCELLED", "its caller has lost the way to the agent, and calls again"));
  }

  /** Ends the agent: its calls fail, `dispose` runs. What is kept of it stays for who makes it again, if `keepState` says so. */
  async delete({ keepState = false } = {}): Promise<void> {
    const { state, running } = this;
    this.state = { kind: "deleted" };
    if (state.kind === "creating" || this.queueLength > 0) {
      const error = this.goneError();
      if (state.kind === "creating") this.creationEnded(error);
      if (running !== undefined) this.endTurn(running, "failed", error);
      this.failWaiting(error);
    }
    if (state.kind === "ready") await state.instance.dispose?.();
    if (!keepState) this.keeper?.discard();
  }

  private failWaiting(error: AgentScopeError): void {
    for (const task of this.mailbox?.drain() ?? []) this.end(task, "failed", error);
  }

  private goneError(): AgentScopeError {
    return failureOfGoneAgent(this.label);
  }
}
