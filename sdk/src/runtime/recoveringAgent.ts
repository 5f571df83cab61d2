import { type AgentLabel, type AgentScopeError, AgentServerNotAliveError } from "../errors.js";
import { CallResult } from "../messages/callResult.js";
import { type CallSpan, telemetry } from "../telemetry/telemetry.js";
import type { Recovered } from "./agentSpec.js";
import type { AgentReference, AgentTarget, ReferenceTarget } from "./agentTarget.js";
import { ForwardedResult } from "./forwardedResult.js";
import { guardHeap } from "./heapGuard.js";
import { relayPrefix } from "./relayId.js";
import { RemoteAgent } from "./remoteAgent.js";
import { maxRestarts, RestartBudget, restartWindowMs } from "./restartBudget.js";
import { currentTask } from "./task.js";

/** Puts the agent somewhere, for the given time; `former` is what was lost. */
export type PlaceAgain = (agent: RemoteAgent, time: { epoch: number; former: RemoteAgent | undefined }) => void;

/** How long a server that is somebody else's is waited for, and how often it is looked for, in milliseconds. */
const awaitServerMs = 60_000;
const firstTryMs = 100;
const longestTryMs = 2000;

/** A call that has no end yet. */
interface OpenCall {
  caller: number;
  method: string;
  args: unknown[];
  result: CallResult<unknown>;
  /** Where it stands in a trace. */
  trace: CallSpan["context"] | undefined;
  /** How it was sent last, if it was. */
  sent: { by: RemoteAgent; epoch: number; attempt: CallResult<unknown> } | undefined;
  /** What it was lost with. */
  lost: AgentScopeError | undefined;
}

type State =
  /** Calls are sent as they come. */
  | { kind: "here" }
  /** Its server is lost; `timer` until it is made again. */
  | { kind: "waiting"; timer: NodeJS.Timeout }
  /** It is being made again; calls wait for what is known there of those before. */
  | { kind: "returning" }
  /** It was lost too often, or can't be made any more. */
  | { kind: "gone"; error: AgentScopeError };

/**
 * An agent elsewhere that is made again when its server is lost (`onServerLoss: "restart"`).
 *
 * 1. A call is sent again only if it is known not to have begun, or if the class says that it may be repeated.
 * 2. Calls are sent in the order in which they were made, also those that are sent again: nothing new is sent before them.
 * 3. All calls of the agent go by here, those of other agents too: to others it is named as one of this process, which passes on.
 *    So there is one who knows which calls are open, and handles stay good.
 */
export class RecoveringAgent implements AgentTarget {
  private state: State = { kind: "here" };
  private readonly open = new Set<OpenCall>();
  private readonly budget = new RestartBudget();
  private current: RemoteAgent;
  private epoch = 0;
  private hasBeenMade = false;
  private former: RemoteAgent | undefined = undefined;
  private lostAt = 0;
  private readonly creation = new CallResult<unknown>(undefined, 0);

  constructor(
    readonly label: AgentLabel,
    readonly className: string,
    private readonly options: {
      place: PlaceAgain;
      /** The class says that a call may run twice. */
      isRetryable: boolean;
      /** The server is this process's own child: it is started again also when it never came to life. */
      ownsServer: boolean;
    },
  ) {
    this.creation.markRead();
    this.current = this.incarnation();
  }

  /** Puts it somewhere for the first time. */
  place(): void {
    this.options.place(this.current, { epoch: this.epoch, former: undefined });
  }

  private incarnation(): RemoteAgent {
    this.epoch++;
    const agent: RemoteAgent = new RemoteAgent(this.label, this.className);
    agent.owner = {
      made: (answer) => this.made(agent, answer),
      lost: (error) => this.lost(agent, error),
    };
    return agent;
  }

  launchLater(place: () => void): void {
    this.current.launchLater(place);
  }

  ready(): Promise<unknown> {
    if (!this.hasBeenMade) this.current.launchNow();
    return this.creation.then();
  }

  call(method: string, args: unknown[], result: CallResult<unknown>): void {
    const { state } = this;
    if (state.kind === "gone") {
      result.fail(state.error);
      return;
    }
    guardHeap(this.open.size);
    const caller = currentTask()?.agent.number ?? 0;
    const call = { caller, method, args, result, trace: telemetry.on?.here(), sent: undefined, lost: undefined };
    this.open.add(call);
    if (state.kind === "here") this.send(call);
    // Somebody waits for it now.
    else if (state.kind === "waiting") state.timer.ref();
  }

  private send(call: OpenCall): void {
    const { current: by, epoch } = this;
    const attempt = new CallResult<unknown>(undefined, 0);
    call.sent = { by, epoch, attempt };
    call.lost = undefined;
    call.result.source = new ForwardedResult(attempt);
    by.callFor(call.caller, { method: call.method, args: call.args, result: attempt, trace: call.trace });
    // A value that stayed on the server would be lost with it.
    attempt.whenRead(({ state, outcome }) => {
      if (state === "value") this.end(call, () => call.result.fulfil(outcome));
      else this.attemptFailed(call, by, outcome as AgentScopeError);
    });
  }

  private attemptFailed(call: OpenCall, by: RemoteAgent, error: AgentScopeError): void {
    if (this.state.kind !== "gone" && by.isLostBy(error)) call.lost = error;
    else this.end(call, () => call.result.fail(error));
  }

  private end(call: OpenCall, tell: () => void): void {
    this.open.delete(call);
    tell();
  }

  private made(agent: RemoteAgent, answer: unknown): void {
    if (agent !== this.current) return;
    this.hasBeenMade = true;
    this.creation.fulfil(undefined);
    if (this.state.kind === "returning") this.goOn(answer as Recovered | undefined);
  }

  /** Sends what was not begun and what has come since, and ends what may not run again. */
  private goOn(recovered: Recovered | undefined): void {
    this.state = { kind: "here" };
    const begun = new Set(recovered?.begun);
    const known = new Set(recovered?.epochs);
    const ended: OpenCall[] = [];
    for (const call of [...this.open]) {
      if (this.options.isRetryable || !mayHaveBegun(call, { known, begun })) this.send(call);
      else ended.push(call);
    }
    for (const call of ended) this.end(call, () => call.result.fail(this.begunError(call)));
  }

  private begunError({ lost, method }: OpenCall): AgentServerNotAliveError {
    const { name } = this.label;
    return new AgentServerNotAliveError(
      `agent ${JSON.stringify(name)} was made again after its server was lost, and this call of ${method} was not repeated: ` +
        `it had begun, or may have. If ${this.className} can run a call twice without harm, say so: static retryable = true ` +
        `(${lost?.rootMessage ?? "lost"})`,
      { server: this.label.server, agent: this.label, cause: lost },
    );
  }

  /** The server is lost, or the agent can't be made there. */
  private lost(agent: RemoteAgent, error: AgentScopeError): void {
    if (agent !== this.current || this.state.kind === "gone" || this.state.kind === "waiting") return;
    const wasThere = this.hasBeenMade || agent.session !== undefined || this.options.ownsServer;
    if (!isLoss(error, this.label) || !wasThere) {
      this.give(error);
      return;
    }
    const delayMs = this.delayOf(agent);
    if (delayMs === undefined) {
      this.give(this.tooOftenError(error));
      return;
    }
    // What was lost is the one that lived last.
    if (agent.session !== undefined || this.options.ownsServer) this.former = agent;
    const timer = setTimeout(() => this.makeAgain(), delayMs);
    if (this.open.size === 0) timer.unref();
    this.state = { kind: "waiting", timer };
  }

  /** How long to wait until it is made again, in milliseconds; undefined: no longer. */
  private delayOf(agent: RemoteAgent): number | undefined {
    const now = performance.now();
    if (agent.session !== undefined || this.options.ownsServer) {
      this.lostAt = now;
      return this.budget.next(now);
    }
    // Somebody else's server, which is not back yet.
    const goneMs = now - this.lostAt;
    return goneMs > awaitServerMs ? undefined : Math.min(Math.max(goneMs / 4, firstTryMs), longestTryMs);
  }

  private makeAgain(): void {
    const { former } = this;
    this.state = { kind: "returning" };
    this.current = this.incarnation();
    this.options.place(this.current, { epoch: this.epoch, former });
  }

  private tooOftenError(cause: AgentScopeError): AgentServerNotAliveError {
    return new AgentServerNotAliveError(
      `agent ${JSON.stringify(this.label.name)} was lost with its server once more after ${maxRestarts} restarts within ` +
        `${restartWindowMs / 1000} s, and is not made again: ${cause.rootMessage}`,
      { server: this.label.server, agent: this.label, cause },
    );
  }

  /** There will be no such agent any more. */
  private give(error: AgentScopeError): void {
    this.state = { kind: "gone", error };
    this.creation.fail(error);
    for (const call of [...this.open]) {
      // Others end with what they were sent with.
      if (call.sent === undefined || call.lost !== undefined) this.end(call, () => call.result.fail(error));
    }
  }

  reference(to: ReferenceTarget): AgentReference {
    const relayId = `${relayPrefix}${this.label.id}`;
    to.relay(relayId, this);
    return ["", "", "", to.ownLane, relayId, this.label.name, this.className];
  }
}

/** Whether what an agent ended with is the loss of its server, or of its worker there; not that somebody deleted it. */
function isLoss(error: AgentScopeError, { id }: AgentLabel): boolean {
  if (error instanceof AgentServerNotAliveError) return true;
  const { code, cause, agentId } = error as AgentScopeError & { agentId?: string };
  const wasDeleted = agentId === id && (cause as { code?: unknown } | undefined)?.code === "CANCELLED";
  return (code === "AGENT_NOT_FOUND" || code === "DEADLINE_EXCEEDED") && !wasDeleted;
}

/** Whether a call may have run, as far as the host knows on which the agent is now. */
function mayHaveBegun({ sent }: OpenCall, { known, begun }: { known: Set<number>; begun: Set<string> }): boolean {
  const id = sent?.by.callId(sent.attempt);
  if (sent === undefined || id === undefined) return false;
  return !known.has(sent.epoch) || begun.has(id);
}
