import { AsyncLocalStorage } from "node:async_hooks";
import type { AgentLabel, AgentScopeError } from "../errors.js";
import { CallResult } from "../messages/callResult.js";
import { snapshotArguments } from "../messages/valueCodec.js";
import type { AgentReference, AgentTarget, ReferenceTarget } from "./agentTarget.js";
import { Fifo } from "./fifo.js";
import { ForwardedResult } from "./forwardedResult.js";
import { isRetried, retryDelayMs, type RetryPolicy } from "./retryPolicy.js";
import { currentTask } from "./task.js";

/** A call and its attempts. */
interface RetriedCall {
  method: string;
  args: unknown[];
  result: CallResult<unknown>;
  policy: RetryPolicy;
  /** Runs code as part of the turn in which the call was made. */
  inItsTurn: <Result>(code: () => Result) => Result;
  made: number;
}

/** The calls of one caller, the first of which is on its way. */
type Line = Fifo<RetriedCall>;

/**
 * An agent whose failed calls are made again.
 *
 * 1. Of one caller's calls one is on its way at a time: a call that is made again has its place before those after it.
 * 2. Each attempt is given what the call was given, also where the agent has changed that.
 * 3. It belongs to this process: others that are handed the agent call it without.
 */
export class RetryingAgent implements AgentTarget {
  private readonly lines: Map<number, Line>;

  /** @param shared with whom it keeps order: the same agent with another policy. */
  constructor(
    readonly target: AgentTarget,
    private readonly policy: RetryPolicy,
    shared?: RetryingAgent,
  ) {
    this.lines = shared?.lines ?? new Map<number, Line>();
  }

  get label(): AgentLabel {
    return this.target.label;
  }

  get className(): string {
    return this.target.className;
  }

  ready(): Promise<unknown> {
    return this.target.ready?.() ?? Promise.resolve();
  }

  reference(to: ReferenceTarget): AgentReference {
    return this.target.reference(to);
  }

  call(method: string, args: unknown[], result: CallResult<unknown>): void {
    const caller = currentTask()?.agent.number ?? 0;
    const inItsTurn = AsyncLocalStorage.snapshot() as RetriedCall["inItsTurn"];
    const call: RetriedCall = { method, args, result, policy: this.policy, inItsTurn, made: 0 };
    const line = this.lines.get(caller) ?? new Fifo<RetriedCall>();
    this.lines.set(caller, line);
    const before = line.peek();
    line.push(call);
    if (before === undefined) this.attempt(call, caller);
    // Who looks for a cycle finds what it waits for.
    else result.source = new ForwardedResult(before.result);
  }

  private attempt(call: RetriedCall, caller: number): void {
    const { method, result, policy } = call;
    const attempt = new CallResult<unknown>(undefined, 0);
    call.made++;
    result.source = new ForwardedResult(attempt);
    const args = call.made < policy.attempts ? snapshotArguments(method, call.args) : call.args;
    try {
      call.inItsTurn(() => this.target.call(method, args, attempt));
    } catch (thrown) {
      // It was not made: the memory is full.
      attempt.fail(thrown as AgentScopeError);
    }
    attempt.whenRead(({ state, outcome }) => {
      const error = outcome as AgentScopeError;
      if (state !== "failed") {
        this.next(caller);
        result.fulfil(outcome);
      } else if (!result.settled && isRetried(policy, error, call.made)) {
        setTimeout(() => this.attempt(call, caller), retryDelayMs(policy, call.made));
      } else {
        this.next(caller);
        result.fail(error);
      }
    });
  }

  /** The first of a caller's calls has ended. */
  private next(caller: number): void {
    const line = this.lines.get(caller);
    line?.shift();
    const call = line?.peek();
    // Not at once: a long line of calls that end at once would end the stack.
    if (call !== undefined) queueMicrotask(() => this.attempt(call, caller));
    else this.lines.delete(caller);
  }
}
