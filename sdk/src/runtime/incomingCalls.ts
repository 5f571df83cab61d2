import { AgentScopeError, PlaceholderExpiredError } from "../errors.js";
import { failureOfGoneAgent, failureToWire } from "../link/failure.js";
import { type Cursor, observeMethod, operation, replyMethod } from "../link/operations.js";
import type { CallResult } from "../messages/callResult.js";
import { Placeholder } from "../messages/placeholder.js";
import { LargeValue } from "../messages/largeValue.js";
import { callWatch } from "../studio/callLog.js";
import { telemetry } from "../telemetry/telemetry.js";
import type { AgentHost } from "./agentHost.js";
import { type AgentLife, readAgentLife } from "./agentLife.js";
import type { AgentSpec } from "./agentSpec.js";
import type { HostedAgent } from "./hostedAgent.js";
import { LocalResult } from "./localResult.js";
import { type Person, PersonElsewhere } from "./person.js";
import { sameText } from "./sameText.js";
import { SequenceTable } from "./sequenceTable.js";
import type { SessionPort } from "./sessionPort.js";
import { Task, type TaskSink } from "./task.js";
import { tellArrived, tellDropped } from "./toldCalls.js";
import { traceArrived } from "./tracedCalls.js";

/** So many refusals of one caller are kept for others who were given the results. */
const maxRefused = 1024;

/** The calls that one caller has made of agents of this host, until it releases their results. */
export class IncomingCalls implements TaskSink {
  private readonly agents = new SequenceTable<HostedAgent | string>();
  private readonly tasks = new SequenceTable<Task>();
  /** Why calls were refused, until their caller releases them. */
  private readonly refused = new Map<number, AgentScopeError>();
  /** Results that were asked for before the call arrived (by another way). */
  private readonly expected = new Map<number, CallResult<unknown>[]>();
  private highestSeq = 0;
  /** Calls that the caller does not tell of have one of these bits in their numbers. */
  private toldMask = 0;
  private lastPerson: { of: string | undefined; person: Person } | undefined;

  constructor(
    private readonly session: SessionPort,
    private readonly host: AgentHost,
    /** Added to the number of the calling agent: callers of different sessions are different callers. */
    private readonly callerBase: number,
  ) {}

  get callerName(): string {
    return this.session.otherCallerName;
  }

  /** @param life how it lives, where the operation does not say. */
  create(cursor: Cursor, life: AgentLife | undefined): void {
    const number = cursor.number();
    const seq = cursor.number();
    const { otherInstance, self } = this.session;
    const [id, name] = [cursor.text(), cursor.text()];
    const className = this.host.internClassName(cursor.text());
    const moduleUrl = cursor.optionalText();
    const person = this.personOf(cursor.optionalText());
    const maker = cursor.optionalText() ?? otherInstance;
    const { idChosen, keepAlive, recovery } = life ?? readAgentLife(cursor.next());
    const args = cursor.next() as unknown[];
    // What an agent here makes is its script's, as the agent is.
    const owner = otherInstance === self.instance ? maker : otherInstance;
    const holder = keepAlive === true ? undefined : owner;
    // The config has the name once more. As one literal: made of parts it would take three times the time, and more memory.
    const spec: AgentSpec = {
      id,
      name: sameText(name, nameIn(args)),
      className,
      moduleUrl,
      args,
      idChosen,
      keepAlive,
      recovery,
      person,
      maker,
      holder,
    };
    const agent = this.host.create(spec);
    this.agents.set(number, agent);
    this.arrived(seq);
    // What is still on its way by the connection before must not run once its caller has sent it again.
    if (recovery !== undefined) this.calledAgainBy(agent, number);
    if (agent.isReady) this.answerMade(agent, seq);
    else this.answerWhenMade(agent, seq);
  }

  private calledAgainBy(agent: HostedAgent, number: number): void {
    const { id } = agent;
    agent.calledBy(() => this.agents.set(number, id));
  }

  private answerWhenMade(agent: HostedAgent, seq: number): void {
    agent.whenCreated((error) => {
      if (error === undefined) this.answerMade(agent, seq);
      else this.fail(seq, error);
    });
  }

  private answerMade({ keeper }: HostedAgent, seq: number): void {
    if (keeper === undefined) this.session.channel.write(8).push(operation.result, seq, 0);
    else this.session.answer(seq, keeper.recovered());
  }

  /** Whom the agents that this caller makes speak to; mostly the same for all. */
  private personOf(agentId: string | undefined): Person {
    if (this.lastPerson?.of !== agentId || this.lastPerson === undefined) {
      this.lastPerson = { of: agentId, person: new PersonElsewhere(this.session, agentId) };
    }
    return this.lastPerson.person;
  }

  bind(cursor: Cursor): void {
    const number = cursor.number();
    const seq = cursor.number();
    const told = { id: cursor.text(), name: cursor.text(), className: cursor.text() };
    const caller = cursor.optionalText();
    const madeBy = cursor.number();
    const agent =
      this.host.find(told.id) ?? (caller === undefined ? this.host.resident(told.id) : this.host.expect(told));
    this.agents.set(number, agent ?? told.id);
    this.arrived(seq);
    if (agent === undefined) {
      this.fail(seq, this.unknownAgent(told.id));
      return;
    }
    agent.whenCreated((error) => {
      if (error === undefined) this.session.answer(seq, [agent.name, agent.className]);
      else this.fail(seq, error);
    });
    if (caller !== undefined) this.session.whenArrived(caller, madeBy, () => this.host.orderHasCome(told.id));
  }

  unbind(cursor: Cursor): void {
    this.agents.delete(cursor.number());
  }

  /** A call that stands in a trace. */
  callInTrace(cursor: Cursor): void {
    const headers: string[] = [];
    for (let count = cursor.number(); count > 0; count--) headers.push(cursor.text());
    this.call(cursor, headers);
  }

  /** @param headers of the trace that it stands in. */
  call(cursor: Cursor, headers: readonly string[] = []): void {
    const number = cursor.number();
    const seq = cursor.number();
    const caller = cursor.number();
    const method = cursor.next();
    const args = new Array<unknown>(Math.min(cursor.number(), cursor.left));
    for (let index = 0; index < args.length; index++) args[index] = this.session.readArgument(cursor);
    const agent = this.agents.get(number);
    if (!(agent instanceof Object)) {
      this.refuse(seq, this.unknownAgent(agent ?? "?"));
      return;
    }
    const methodName = method === replyMethod ? "reply" : method === observeMethod ? "observe" : String(method);
    const task = new Task(agent, { caller: this.callerBase + caller, seq, method: methodName, args, sink: this });
    const full = this.host.queueFull(agent);
    if (full !== undefined) {
      this.refuse(seq, full);
      return;
    }
    if (!this.host.pool.begin()) {
      this.refuse(seq, this.host.poolFullError());
      return;
    }
    this.tasks.set(seq, task);
    this.arrived(seq);
    const { log } = callWatch;
    if (log !== undefined && (seq & this.toldMask) === 0 && !agent.endsWithCaller) tellArrived(log, task);
    if (telemetry.on !== undefined) traceArrived(telemetry.on, task, headers);
    agent.submit(task);
  }

  /** Ends a call that takes no place in the pool; others may have been given its result. */
  private refuse(seq: number, error: AgentScopeError): void {
    this.refused.set(seq, error);
    const [oldest] = this.refused.keys();
    if (this.refused.size > maxRefused && oldest !== undefined) this.refused.delete(oldest);
    this.arrived(seq);
    this.fail(seq, error);
  }

  private unknownAgent(agentId: string): AgentScopeError {
    return failureOfGoneAgent({ name: agentId, id: agentId, server: this.host.serverName });
  }

  private fail(seq: number, error: AgentScopeError): void {
    this.session.channel.write(200).push(operation.failure, seq, failureToWire(error));
  }

  private arrived(seq: number): void {
    if (seq > this.highestSeq) this.highestSeq = seq;
    if (this.expected.size === 0) return;
    const waiting = this.expected.get(seq);
    if (waiting === undefined) return;
    this.expected.delete(seq);
    for (const result of waiting) this.follow(seq, result);
  }

  taskEnded(task: Task): void {
    if (this.session.ended) {
      this.forget(task);
      return;
    }
    this.host.pool.end(task);
    const { channel } = this.session;
    if (task.state === "failed") {
      this.fail(task.seq, task.failure);
    } else if (task.outcome instanceof LargeValue) {
      channel.write(12).push(operation.kept, task.seq, task.outcome.sizeBytes);
    } else {
      this.session.answer(task.seq, task.outcome);
    }
  }

  tell(cursor: Cursor): void {
    this.toldMask = cursor.number();
  }

  release(cursor: Cursor): void {
    for (let count = cursor.number(); count > 0; count--) {
      const seq = cursor.number();
      if (this.refused.size > 0) this.refused.delete(seq);
      const task = this.tasks.get(seq);
      if (task?.ended !== true) continue;
      task.agent.released(task);
      this.forget(task);
    }
  }

  /** The pool needs the place. */
  taskDropped(task: Task): void {
    if (task.told) tellDropped(task);
    this.tasks.delete(task.seq);
  }

  private forget(task: Task): void {
    if (this.tasks.delete(task.seq) !== undefined) this.host.pool.release(task);
  }

  cancel(cursor: Cursor): void {
    const task = this.tasks.get(cursor.number());
    task?.agent.cancel(task, new AgentScopeError("CANCELLED", "the call was given up by its caller"));
  }

  task(seq: number): Task | undefined {
    return this.tasks.get(seq);
  }

  /** The result of a call of this caller, for somebody else; the call may not have arrived yet. */
  result(seq: number): CallResult<unknown> {
    const result: CallResult<unknown> = new Placeholder(undefined, seq);
    result.markRead();
    if (seq > this.highestSeq) {
      const waiting = this.expected.get(seq);
      if (waiting === undefined) this.expected.set(seq, [result]);
      else waiting.push(result);
    } else {
      this.follow(seq, result);
    }
    return result;
  }

  private follow(seq: number, result: CallResult<unknown>): void {
    const task = this.tasks.get(seq);
    if (task === undefined) {
      result.fail(this.refused.get(seq) ?? this.droppedError());
      return;
    }
    result.source = new LocalResult(task);
    task.whenEnded(({ state, failure, outcome }) => {
      if (state === "failed") result.fail(failure);
      else result.fulfil(outcome);
    });
  }

  private droppedError(): PlaceholderExpiredError {
    return new PlaceholderExpiredError(
      `the value of a placeholder is no longer on ${this.host.serverName}: it was dropped, being too old ` +
        "(maxTimeoutSeconds) or pushed out by newer ones (maxPoolSize)",
    );
  }

  /** The caller is gone: its waiting calls still run, their results are dropped, and what was expected will not come. */
  callerLost(error: AgentScopeError): void {
    for (const task of this.tasks.values()) {
      if (task.ended) this.forget(task);
      else if (task.agent.endsWithCaller) task.agent.cancel(task, error);
    }
    for (const waiting of this.expected.values()) for (const result of waiting) result.fail(error);
    this.expected.clear();
  }
}

function nameIn(args: unknown): unknown {
  return Array.isArray(args) ? (args[0] as { name?: unknown } | null | undefined)?.name : undefined;
}
