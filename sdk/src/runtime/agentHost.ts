import { rawAgentClass } from "../agents/brand.js";
import { AgentScopeError, InvalidArgumentError } from "../errors.js";
import { isDebugged } from "../link/debugged.js";
import type { AgentInstance } from "./agentCode.js";
import { AgentKeeper } from "./agentKeeper.js";
import type { AgentSpec } from "./agentSpec.js";
import { CallCounters } from "./callCounters.js";
import { queueFullError, tooManyAgents } from "./hostLimits.js";
import { type AgentHome, HostedAgent } from "./hostedAgent.js";
import type { Person } from "./person.js";
import { Residents } from "./residents.js";
import { ResultPool } from "./resultPool.js";
import { TimeSlice } from "./timeSlice.js";
import { currentTask, type Task } from "./task.js";
import { TaskList } from "./taskList.js";

/** An agent class that a host can make agents of. */
export type AgentClass = new (...args: never[]) => AgentInstance;

export interface HostOptions {
  /** Where the host is, for people: `host:port`, or `main process`. */
  serverName: string;
  /** The most results that are kept. */
  maxPoolSize: number;
  /** A result is dropped at this age, in seconds. */
  maxTimeoutSeconds: number;
  /** The longest turn of a call, in seconds. */
  callTimeoutSeconds: number;
  /** Where the state of agents is kept that are made again when their server is lost; without it nothing is. */
  stateFolder?: string | undefined;
  /** The most agents, and the most calls of one that have not ended. Without it there is no limit. */
  limits?: { maxAgents: number; maxQueueLength: number };
  /** Finds a class; at once where it is loaded. */
  findClass: (className: string, moduleUrl: string | undefined) => AgentClass | Promise<AgentClass>;
  /** Whom this process's own agents speak to; nobody unless given. */
  person?: Person;
  /** Makes an agent of the process itself (residents.ts). */
  makeResident?: (id: string) => AgentInstance | undefined;
  /** Whether no agent of another thread of the process has an id; it is this host's from then on. */
  claimId?: (id: string) => Promise<boolean>;
  /** Counts calls where others read it; its own unless given. */
  counters?: CallCounters;
  /** Tells what happens, to whoever watches (the I/O thread). */
  events?: HostEvents;
}

export interface HostEvents {
  agentMade(agent: HostedAgent): void;
  agentDeleted(agent: HostedAgent): void;
  callBegun(agent: HostedAgent): void;
  callEnded(agent: HostedAgent): void;
  /** Whether its turn had begun or not. */
  callFailed?(agent: HostedAgent, task: Task, error: Error): void;
}

let construction: { spec: AgentSpec; agentClass: object } | undefined;

/** Whether a host in this thread is about to construct an agent of this class: then `toDist` does not apply. */
export function isConstructing(agentClass: object): boolean {
  return construction?.agentClass === agentClass;
}

/** What a host in this thread is constructing, if it is of this class; other agents that it constructs on the way are not. */
export function takeConstruction(agentClass: object): AgentSpec | undefined {
  if (!isConstructing(agentClass)) return undefined;
  const spec = construction?.spec;
  construction = undefined;
  return spec;
}

const deadlineCheckMs = 1000;
/** So many agents that could not be made are remembered, for those who learn of them later. */
const maxUnmade = 1000;

/** The agents of one thread: of the main process, or of a worker of an agent server. */
export class AgentHost implements AgentHome {
  readonly agents = new Map<string, HostedAgent>();
  readonly pool: ResultPool;
  /** Where the host is, for people: `host:port`, or `main process`. */
  serverName: string;
  /** The longest turn of a call. */
  readonly callTimeoutMs: number;
  readonly slice = new TimeSlice();
  readonly counters: CallCounters;
  readonly endsWithCaller = false;
  private readonly residents: Residents;
  private making: HostedAgent | undefined;
  /** Since when their `setup` runs. */
  private readonly settingUp = new Map<HostedAgent, number>();
  private lastNumber = 0;
  private readonly classNames = new Map<string, string>();
  private readonly expected = new Map<string, HostedAgent>();
  private readonly unmade = new Map<string, HostedAgent>();
  private readonly runningTasks = new TaskList();
  private deadlineTimer: NodeJS.Timeout | undefined;

  constructor(private readonly options: HostOptions) {
    this.serverName = options.serverName;
    this.callTimeoutMs = options.callTimeoutSeconds * 1000;
    this.counters = options.counters ?? new CallCounters();
    this.residents = new Residents(this, (id) => options.makeResident?.(id));
    this.pool = new ResultPool(options.maxPoolSize, options.maxTimeoutSeconds * 1000);
  }

  /** Whom agents speak to that nobody elsewhere has made. */
  get person(): Person | undefined {
    return this.options.person;
  }

  /** The calls whose turns are on. */
  get running(): Task[] {
    return this.runningTasks.toArray();
  }

  /** An agent of the process itself. */
  resident(id: string): HostedAgent | undefined {
    return this.residents.get(id);
  }

  /**
   * The agent whose code is running, as far as is known. Where turns are not tracked (task.ts), one of those that run; none if
   * they speak to different persons.
   */
  inCharge(): HostedAgent | undefined {
    const id = currentTask()?.agent.label.id;
    if (id !== undefined) return this.agents.get(id);
    if (this.making !== undefined) return this.making;
    let found: HostedAgent | undefined;
    for (const agent of [...this.busy(), ...this.settingUp.keys()]) {
      if (found !== undefined && agent.person !== found.person) return undefined;
      found = agent;
    }
    return found;
  }

  /** The agents whose turns are on. */
  private *busy(): Iterable<HostedAgent> {
    for (let task = this.runningTasks.first; task !== undefined; task = task.after) yield task.agent as HostedAgent;
  }

  /** @internal The number of another agent. */
  nextNumber(): number {
    return ++this.lastNumber;
  }

  /** The same string for the same class: there can be a million agents of one. */
  internClassName(className: string): string {
    const known = this.classNames.get(className);
    if (known === undefined) this.classNames.set(className, className);
    return known ?? className;
  }

  /** Makes an agent; calls can be submitted at once. */
  create(spec: AgentSpec): HostedAgent {
    const living = this.takenBack(spec);
    if (living !== undefined) return living;
    const claimed = spec.idChosen === true ? this.options.claimId?.(spec.id) : undefined;
    const agent = this.place(spec, claimed !== undefined);
    if (!agent.isBeingMade) return agent;
    if (claimed === undefined) return this.make(agent, spec);
    void claimed.then((isFree) => this.makeClaimed(agent, spec, isFree));
    return agent;
  }

  /** An agent that its maker makes again, and that is there: the maker had lost the way to it. */
  private takenBack(spec: AgentSpec): HostedAgent | undefined {
    if (spec.recovery === undefined) return undefined;
    const living = this.agents.get(spec.id);
    if (living?.spec.recovery?.key !== spec.recovery.key) return undefined;
    living.takenBack(spec);
    return living;
  }

  private makeClaimed(agent: HostedAgent, spec: AgentSpec, isFree: boolean): void {
    // Deleted meanwhile.
    if (this.agents.get(spec.id) !== agent) return;
    if (isFree) {
      this.options.events?.agentMade(agent);
      this.make(agent, spec);
    } else {
      this.notMade(agent, idTaken(spec.id));
    }
  }

  private make(agent: HostedAgent, spec: AgentSpec): HostedAgent {
    const { stateFolder } = this.options;
    try {
      if (spec.recovery !== undefined && stateFolder !== undefined) {
        agent.keeper = new AgentKeeper(stateFolder, spec.id, spec.recovery);
      }
      const found = this.options.findClass(spec.className, spec.moduleUrl);
      if (found instanceof Promise) {
        found.then(
          (agentClass) => this.construct(agent, spec, agentClass),
          (thrown: unknown) => this.notMade(agent, thrown),
        );
      } else {
        this.construct(agent, spec, found);
      }
    } catch (thrown) {
      this.notMade(agent, thrown);
    }
    return agent;
  }

  /** Makes an agent of a class that is at hand. */
  createOf(agentClass: AgentClass, spec: AgentSpec): HostedAgent {
    const agent = this.place(spec);
    if (agent.isBeingMade) this.construct(agent, spec, agentClass);
    return agent;
  }

  /** Takes in an agent that was constructed by the program. */
  adopt(spec: AgentSpec, instance: AgentInstance): HostedAgent {
    const agent = this.place(spec);
    agent.made(instance);
    return agent;
  }

  /** An agent that somebody was told of before the order to make it has come: its calls wait for that. */
  expect({ id, name, className }: Omit<AgentSpec, "args" | "moduleUrl">): HostedAgent {
    let agent = this.expected.get(id);
    if (agent === undefined) {
      agent = new HostedAgent(this, ++this.lastNumber, { id, name, className, args: [], moduleUrl: undefined });
      this.expected.set(id, agent);
    }
    return agent;
  }

  /** The order to make an agent has come, or will not come: one that is still expected will not be made. */
  orderHasCome(id: string): void {
    const agent = this.expected.get(id);
    this.expected.delete(id);
    agent?.creationFailed(new AgentScopeError("AGENT_NOT_FOUND", "it was deleted, or never made"));
  }

  /** @param quietly nobody is told of it yet. */
  private place(spec: AgentSpec, quietly = false): HostedAgent {
    const agent = this.expected.get(spec.id) ?? new HostedAgent(this, ++this.lastNumber, spec);
    this.expected.delete(spec.id);
    agent.spec = spec;
    const { maxAgents = Number.POSITIVE_INFINITY } = this.options.limits ?? {};
    if (this.agents.has(spec.id)) {
      agent.creationFailed(idTaken(spec.id));
    } else if (this.agents.size >= maxAgents) {
      agent.creationFailed(tooManyAgents(maxAgents));
    } else {
      this.agents.set(spec.id, agent);
      if (!quietly) this.options.events?.agentMade(agent);
    }
    return agent;
  }

  private construct(agent: HostedAgent, spec: AgentSpec, found: AgentClass): void {
    const outer = this.making;
    // Without its decorator: where the agent is made is settled.
    const agentClass = (found as { [rawAgentClass]?: AgentClass })[rawAgentClass] ?? found;
    construction = { spec, agentClass };
    try {
      this.making = agent;
      const instance = new agentClass(...(spec.args as never[]));
      if (isConstructing(agentClass)) throw otherCopy(spec.className);
      agent.made(instance);
    } catch (thrown) {
      this.notMade(agent, thrown);
      return;
    } finally {
      this.making = outer;
      construction = undefined;
    }
    if (agent.isReady) return;
    if (agent.isBeingMade) {
      this.settingUp.set(agent, performance.now());
      this.watchDeadlines();
    }
    agent.whenCreated((error) => {
      this.settingUp.delete(agent);
      if (error !== undefined) this.noteUnmade(agent);
    });
  }

  private notMade(agent: HostedAgent, thrown: unknown): void {
    agent.creationFailed(thrown);
    this.noteUnmade(agent);
  }

  private noteUnmade(agent: HostedAgent): void {
    this.forget(agent);
    this.unmade.set(agent.id, agent);
    const [oldest] = this.unmade.keys();
    if (this.unmade.size > maxUnmade && oldest !== undefined) this.unmade.delete(oldest);
  }

  /** An agent that is here, or that could not be made: its calls fail with the reason. */
  find(id: string): HostedAgent | undefined {
    return this.agents.get(id) ?? this.unmade.get(id);
  }

  private forget(agent: HostedAgent): void {
    if (this.agents.get(agent.id) !== agent) return;
    this.agents.delete(agent.id);
    this.residents.agentGone(agent.id);
    this.options.events?.agentDeleted(agent);
  }

  /** Deletes an agent; false when there is none with this id. */
  async delete(id: string, options?: { keepState: boolean }): Promise<boolean> {
    const agent = this.agents.get(id);
    if (agent === undefined) return false;
    this.forget(agent);
    await agent.delete(options);
    return true;
  }

  /** Ends all agents; errors of their `dispose` are collected, not thrown. */
  async deleteAll(options?: { keepState: boolean }): Promise<void> {
    await Promise.allSettled([...this.agents.keys()].map((id) => this.delete(id, options)));
  }

  /** @internal A call's turn begins. */
  begun(agent: HostedAgent, task: Task): void {
    this.runningTasks.add(task);
    this.counters.turnBegan();
    this.options.events?.callBegun(agent);
    this.watchDeadlines();
  }

  private watchDeadlines(): void {
    this.deadlineTimer ??= setInterval(() => this.checkDeadlines(), deadlineCheckMs).unref();
  }

  /** @internal A call's turn has ended. */
  finished(agent: HostedAgent, task: Task): void {
    this.runningTasks.remove(task);
    this.counters.turnEnded();
    this.options.events?.callEnded(agent);
  }

  /** @internal A call has failed. */
  failed(agent: HostedAgent, task: Task, error: Error): void {
    this.options.events?.callFailed?.(agent, task, error);
  }

  private checkDeadlines(): void {
    const now = performance.now();
    for (const agent of [...this.busy()]) agent.checkDeadline(now);
    for (const [agent, since] of [...this.settingUp]) {
      if (now - since >= this.callTimeoutMs && !isDebugged()) agent.creationFailed(setupTooLong(this.callTimeoutMs));
    }
    this.pool.dropOld(now);
    if (this.runningTasks.first !== undefined || this.settingUp.size > 0 || this.pool.size > 0) return;
    clearInterval(this.deadlineTimer);
    this.deadlineTimer = undefined;
  }

  /** Why an agent takes no further call; undefined: it does. */
  queueFull(agent: HostedAgent): AgentScopeError | undefined {
    const { maxQueueLength = Number.POSITIVE_INFINITY } = this.options.limits ?? {};
    return agent.queueLength < maxQueueLength ? undefined : queueFullError(agent, maxQueueLength);
  }

  /** Refuses a call when the pool is full of unfinished work. */
  poolFullError(): AgentScopeError {
    return new AgentScopeError(
      "LIMIT_EXCEEDED",
      `the result pool of ${this.serverName} is full of unfinished calls: maxPoolSize is ${this.options.maxPoolSize}; ` +
        "await some results first, or give the server a larger maxPoolSize (--max-pool-size)",
    );
  }
}

/** The class's base did not ask what is constructed: it is another module than the host's. */
function otherCopy(className: string): InvalidArgumentError {
  return new InvalidArgumentError(
    `class ${className} extends the AgentBase of another copy of agentscope-distributed than the server runs: start the ` +
      "server with the copy that the class imports (npx as-server in its project)",
  );
}

function setupTooLong(limitMs: number): AgentScopeError {
  return new AgentScopeError(
    "DEADLINE_EXCEEDED",
    `its setup lasted longer than callTimeoutSeconds (${limitMs / 1000} s)`,
  );
}

function idTaken(id: string): InvalidArgumentError {
  return new InvalidArgumentError(`an agent with the id ${id} is there already`);
}
