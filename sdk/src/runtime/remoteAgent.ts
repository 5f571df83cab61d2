import { type AgentLabel, AgentScopeError } from "../errors.js";
import { failureOfAgent, withLostAgent } from "../link/failure.js";
import { CallResult, type ResultSource } from "../messages/callResult.js";
import { settings } from "../orchestration/settings.js";
import { callId } from "../studio/callBatch.js";
import { callWatch } from "../studio/callLog.js";
import { type CallSpan, telemetry } from "../telemetry/telemetry.js";
import type { AgentSpec } from "./agentSpec.js";
import type { AgentReference, AgentTarget, ReferenceTarget } from "./agentTarget.js";
import type { Connection } from "./connection.js";
import { guardHeap } from "./heapGuard.js";
import type { BoundAgent, OutgoingCall } from "./outgoingCalls.js";
import type { Session } from "./session.js";
import { relayPrefix } from "./relayId.js";
import { currentTask } from "./task.js";
import { tellMade, tellUnsent } from "./toldCalls.js";

/** A call, and where it stands in a trace, if that is not where the code is that runs. */
interface CallToMake extends Pick<OutgoingCall, "method" | "args" | "result"> {
  trace?: CallSpan["context"] | undefined;
}

/**
 * An agent that lives in another process, from when its handle is made: what it is called with waits here, in order, until it
 * is known where it lives.
 */
export class RemoteAgent implements AgentTarget, ResultSource {
  /** Where it lives; undefined as long as that is not known. */
  session: Session | undefined = undefined;
  /** To the process that it was to be made in. */
  connection: Connection | undefined = undefined;
  private number = 0;
  private waiting: (() => void)[] | undefined = undefined;
  private launch: (() => void) | undefined = undefined;
  private failure: AgentScopeError | undefined = undefined;
  private isMade = false;
  /** How its process is told that nothing here refers to it any more, where somebody wants to. Must not lead back to it. */
  binding: { undo?: () => void } | undefined = undefined;
  /** How the calls of the agent fail when its server is gone, and by which failure: a million calls may do so, and share one error. */
  private lost: { by: AgentScopeError; error: AgentScopeError } | undefined = undefined;
  /** Somebody will hear of it if the agent can't be made. */
  private isAwaited = false;
  /** Ends when the agent is made; only for those who want to know. */
  private creation: CallResult<unknown> | undefined = undefined;
  /** The operation that makes it, for others who are told of it before that is known to have arrived. */
  private madeBy: { caller: string; seq: number } | undefined = undefined;
  /** Who makes another one in its place when its server is lost (recoveringAgent.ts); it is told in the place of its callers. */
  owner: { made(answer: unknown): void; lost(error: AgentScopeError): void } | undefined = undefined;
  /** Belongs to a process (residents.ts): nobody is told of its calls. */
  isResident = false;

  constructor(
    readonly label: AgentLabel,
    readonly className: string,
  ) {}

  /**
   * Makes the agent in the process at the other end of a connection.
   *
   * @param formerInstance of the process in which it was before: if that is this one it may still be there, in its worker.
   */
  createOn(connection: Connection, spec: AgentSpec, formerInstance?: string): void {
    this.connection = connection;
    connection.whenOpen((error) => {
      if (error !== undefined) {
        this.fail(error);
        return;
      }
      if (connection.peer !== undefined && connection.peer.address !== "") this.label.server = connection.peer.address;
      const create = (lane: number) => this.createIn(connection.session(lane), spec);
      if (formerInstance === undefined || connection.peer?.instance !== formerInstance) {
        create(connection.laneForNewAgent());
      } else {
        connection.locate(spec.id).then(create, () => create(connection.laneForNewAgent()));
      }
    });
  }

  private createIn(session: Session, spec: AgentSpec): void {
    if (session.ended !== undefined) {
      this.fail(session.ended);
      return;
    }
    const made = session.outgoing.create(spec, this);
    this.madeBy = { caller: session.callerName, seq: made.seq };
    this.bound(session, made);
  }

  /** Takes hold of an agent of the process at the other end of a connection, in whatever worker it lives. */
  bindToExisting(connection: Connection): void {
    connection.whenOpen((error) => {
      if (error !== undefined) {
        this.fail(error);
        return;
      }
      connection.locate(this.label.id).then(
        (lane) => this.bindTo(connection.session(lane)),
        (thrown: unknown) => this.fail(failureOfAgent(thrown, this.label)),
      );
    });
  }

  /**
   * Takes hold of an agent that is there already.
   *
   * @param madeBy the operation that makes it, if that may still be on its way.
   */
  bindTo(session: Session, madeBy?: { caller: string; seq: number }): void {
    if (session.ended !== undefined) {
      this.fail(session.ended);
      return;
    }
    this.madeBy = madeBy;
    // Whether it is there matters to those who call it; why it is not, its maker is told.
    this.isAwaited = true;
    const { label, className } = this;
    const bound = session.outgoing.bind({ id: label.id, name: label.name, className, madeBy }, this);
    if (this.binding !== undefined) this.binding.undo = () => session.outgoing.unbind(bound.number);
    this.bound(session, bound);
  }

  /** No call of it can succeed any more by this way. */
  get isLost(): boolean {
    return this.failure !== undefined || this.session?.ended !== undefined;
  }

  /** Whether a call of it that failed with this did so since the agent, or the way to it, is gone. */
  isLostBy(error: AgentScopeError): boolean {
    return error === this.failure || error === this.session?.ended || error === this.lost?.error;
  }

  private bound(session: Session, { number }: BoundAgent): void {
    this.session = session;
    this.number = number;
    const { owner } = this;
    if (owner !== undefined) session.whenLost((error) => owner.lost(error));
    this.flush();
  }

  /** The agent is there. */
  fulfil(answer?: unknown): void {
    this.isMade = true;
    this.owner?.made(answer);
    this.creation?.fulfil(undefined);
    this.madeBy = undefined;
  }

  /** There will be no such agent. */
  fail(error: AgentScopeError): void {
    this.failure ??= error;
    // A result that nobody reads is reported.
    this.creation ??= new CallResult<unknown>(undefined, 0);
    if (this.isAwaited || this.owner !== undefined) this.creation.markRead();
    this.creation.fail(error);
    this.flush();
    this.owner?.lost(error);
  }

  private flush(): void {
    const { waiting } = this;
    this.waiting = undefined;
    if (waiting !== undefined) for (const action of waiting) action();
  }

  /** Puts off where it is placed until its first call. */
  launchLater(place: () => void): void {
    this.launch = place;
  }

  /** It is put where it belongs now. */
  launchNow(): void {
    const { launch } = this;
    this.launch = undefined;
    launch?.();
  }

  /** Calls back once it is known where it lives, or that it does not. */
  whenBound(action: () => void): void {
    if (this.session !== undefined || this.failure !== undefined) action();
    else this.wait(action);
  }

  private wait(action: () => void): void {
    // With room for one: a million agents may wait with a call each.
    if (this.waiting === undefined) this.waiting = [action];
    else this.waiting.push(action);
  }

  /** Ends when the agent is made on its server. */
  ready(): Promise<unknown> {
    this.launchNow();
    if (this.isMade) return Promise.resolve();
    this.creation ??= new CallResult<unknown>(undefined, 0);
    return this.creation.then();
  }

  call(method: string, args: unknown[], result: CallResult<unknown>): void {
    guardHeap((this.session?.outgoing.size ?? 0) + (this.waiting?.length ?? 0));
    this.callFor(currentTask()?.agent.number ?? 0, { method, args, result });
  }

  /** @param caller the number of the calling agent on this host; 0 for the script. */
  callFor(caller: number, { method, args, result, trace }: CallToMake): void {
    const { on } = telemetry;
    const span =
      on === undefined || this.isResident
        ? undefined
        : on.madeCall(this, { method, parent: trace ?? on.here(), args, result });
    const call: OutgoingCall = { caller, method, args, result, made: undefined, span };
    result.source = this;
    if (this.launch !== undefined) this.launchNow();
    this.isAwaited = true;
    this.creation?.markRead();
    if (this.session === undefined && this.failure === undefined) {
      call.made = callWatch.log?.madeAhead();
      this.wait(() => this.send(call));
    } else {
      this.send(call);
    }
  }

  private send(call: OutgoingCall): void {
    const error = this.failure ?? this.session?.ended ?? this.tooManyPending();
    const { log } = callWatch;
    if (error !== undefined) {
      call.result.fail(error);
      call.span?.end(error);
      if (log !== undefined && !this.isResident) tellUnsent(log, this, { ...call, error });
      return;
    }
    const { session } = this;
    if (session === undefined) return;
    session.outgoing.call(this.number, call);
    if (log === undefined || this.isResident) return;
    const { seq } = call.result;
    if (!log.tellsMade(seq)) return;
    session.outgoing.tellEndOf(seq);
    tellMade(log, this, { ...call, caller: session.callerName, seq });
  }

  private tooManyPending(): AgentScopeError | undefined {
    const { maxPendingCalls } = settings;
    if (this.isResident || (this.session?.outgoing.size ?? 0) < maxPendingCalls) return undefined;
    return new AgentScopeError(
      "LIMIT_EXCEEDED",
      `${maxPendingCalls} calls of agents on ${this.label.server} wait for their answers, which is maxPendingCalls: await some ` +
        "first, or raise it with init({ maxPendingCalls })",
    );
  }

  callId({ seq }: CallResult<unknown>): string | undefined {
    return this.session === undefined || seq === 0 ? undefined : callId(this.session.callerName, seq);
  }

  whenNamed(callback: () => void): void {
    this.whenBound(callback);
  }

  cancel(result: CallResult<unknown>): void {
    this.session?.outgoing.cancel(result.seq);
  }

  // As the source of the results of its calls:

  failureFor(error: AgentScopeError): AgentScopeError {
    if (error.code !== "SERVER_NOT_ALIVE") return error;
    if (this.lost?.by !== error) this.lost = { by: error, error: withLostAgent(error, this.label) };
    return this.lost.error;
  }

  fetch(result: CallResult<unknown>): void {
    const { session } = this;
    if (session === undefined) return;
    if (session.ended !== undefined) result.fail(session.ended);
    else session.outgoing.fetch(session.callerName, result.seq, result);
  }

  release(result: CallResult<unknown>): void {
    if (result.seq > 0 && !result.escaped) this.session?.outgoing.release(result.seq);
  }

  reference(to: ReferenceTarget): AgentReference {
    const { id, name } = this.label;
    const peer = this.session?.connection.peer;
    const relayId = `${relayPrefix}${id}`;
    if (this.session !== undefined && peer !== undefined && to.canReach(peer) && !to.hasRelay(relayId)) {
      const { address, realm, instance } = peer;
      const reference: AgentReference = [address, realm, instance, this.session.lane, id, name, this.className];
      if (this.madeBy !== undefined) reference.push(this.madeBy.caller, this.madeBy.seq);
      return reference;
    }
    to.relay(relayId, this);
    return ["", "", "", to.ownLane, relayId, name, this.className];
  }
}
