import { InvalidArgumentError } from "../errors.js";
import type { CallResult } from "../messages/callResult.js";
import type { Msg } from "../messages/msg.js";
import type { Placeholder } from "../messages/placeholder.js";
import { TemporaryMemory } from "../messages/temporaryMemory.js";
import { findModelConfig } from "../models/findModel.js";
import { speak } from "../person/speak.js";
import { takeConstruction } from "../runtime/agentHost.js";
import type { AgentTarget } from "../runtime/agentTarget.js";
import { callAgent, callMethodOf } from "../runtime/handle.js";
import { currentTask, trackTurns } from "../runtime/task.js";
import type { AgentConfig, AgentInput } from "./agentConfig.js";
import { agentBrand, agentClassBrand } from "./brand.js";
import type { DistOptions } from "./distOptions.js";
import { hostLocally, makeDistributed } from "./placeAgent.js";
import type { RpcAgent } from "./rpcAgent.js";
import { newAgentId } from "../randomId.js";

/** An agent is called like a function; the placeholder is there at once. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- what the class's constructor returns can be called
export interface AgentBase<Config extends AgentConfig = AgentConfig> {
  (input?: AgentInput): Placeholder;
  readonly config: Config;
}

/**
 * The base of all agents: an actor that answers one message at a time.
 *
 * A class overrides `reply`, and, where it needs them, `observe`, `setup` and `dispose`. `agent(x)` puts `x` in the agent's
 * mailbox and gives a {@link Placeholder} at once; `.toDist()` moves the agent to another process, and nothing else changes.
 */
export class AgentBase<Config extends AgentConfig = AgentConfig> {
  static readonly [agentClassBrand] = true;
  /**
   * Whether a call may run twice: then one that had begun when the agent's server was lost is sent again (`onServerLoss: "restart"`).
   * Default false.
   */
  static readonly retryable: boolean = false;
  declare readonly agentId: string;
  declare private ownMemory: TemporaryMemory | undefined;

  /** @throws InvalidArgumentError when there is no name, or `toDist` is in the config of a class without `@agent`. */
  constructor(config: Config) {
    const construction = takeConstruction(new.target);
    const className = new.target.name;
    if (typeof config?.name !== "string") {
      throw new InvalidArgumentError(
        `${className}: the config has no name; give it one, as in new ${className}({ name: "A" })`,
      );
    }
    const distributed = config.toDist !== undefined && config.toDist !== false;
    if (distributed && construction === undefined) {
      throw new InvalidArgumentError(
        `${className} is constructed with toDist, but the class has no @agent: write @agent before it (in JavaScript ` +
          `agent(class ${className} …)), or call .toDist() on the agent`,
      );
    }
    // On an agent server nobody calls the object itself: a plain one is much smaller.
    if (construction !== undefined && config.modelConfigName !== undefined) findModelConfig(config.modelConfigName);
    const self = construction === undefined ? callableOf(new.target.prototype as object) : this;
    const fields = self as { config: Config; agentId: string; ownMemory: undefined };
    fields.config = distributed ? { ...config, toDist: undefined } : config;
    fields.agentId = construction?.id ?? config.agentId ?? newAgentId();
    fields.ownMemory = undefined;
    if (construction === undefined) Object.defineProperty(self, "name", { value: config.name, configurable: true });
    // biome-ignore lint/correctness/noConstructorReturn: an agent is a function
    return self as this;
  }

  get name(): string {
    return this.config.name;
  }

  get sysPrompt(): string | undefined {
    return this.config.sysPrompt;
  }

  /** What the agent remembers; made when it is first asked for. */
  get memory(): TemporaryMemory {
    this.ownMemory ??= new TemporaryMemory();
    return this.ownMemory;
  }

  /** Awaited once, in the process that hosts the agent, before its first message. */
  setup?(): void | Promise<void>;

  /** Answers a message; inputs are always real messages. The agent's own class says how. */
  reply(_input?: Msg | Msg[]): Promise<Msg> {
    return Promise.reject(
      new Error(`${this.constructor.name} has no reply method: an agent's class says how it answers`),
    );
  }

  /** Takes in messages without answering; the base keeps them in `memory`. */
  observe(input?: Msg | Msg[]): void | Promise<void> {
    this.memory.add(input);
  }

  /**
   * Says something to the person at the program that made the agent: it appears in that program's terminal, with the agent's name
   * and server, wherever the agent lives. Never fails for want of a listener.
   *
   * @param said a text, a message (its content), or a text that is still coming, as models stream it.
   * @returns the whole text, once it was said.
   */
  protected speak(said: string | Msg | AsyncIterable<string>): Promise<string> {
    return speak(this, said);
  }

  /**
   * A property of the agent, as it is when the agent's turn for it comes: read in the same way wherever the agent lives, also where
   * `toDist` in the config had it constructed elsewhere.
   */
  get<Name extends keyof this & string>(property: Name): CallResult<Awaited<this[Name]>>;
  get(property: string): CallResult<unknown>;
  get(property: string): CallResult<unknown> {
    return callMethodOf(targetOfLocal(this), "get", [property]);
  }

  /**
   * What the agent needs to go on as it is when it is made again after its server was lost (`onServerLoss: "restart"`): asked for after
   * each message. Data that can be sent; no placeholders, no agents. The base keeps the memory: a class with more overrides both.
   */
  getState(): unknown {
    return { memory: this.ownMemory?.export() ?? [] };
  }

  /** Takes what `getState` gave, after `setup` and before the first message. */
  setState(state: unknown): void | Promise<void> {
    const { memory = [] } = (state ?? {}) as { memory?: Msg[] };
    if (memory.length > 0) this.memory.load(memory);
  }

  /** Called when the agent is deleted and when its server stops. */
  dispose?(): void | Promise<void>;

  /**
   * Moves the agent to another process: constructs it there once more with the same config, and gives a handle that is used
   * like the agent.
   *
   * @param options where; without `host` and `port` a child process of this one.
   * @throws InvalidArgumentError when the options can't be used, or the class can't be found from another process.
   */
  toDist(options: DistOptions = {}): RpcAgent<this> {
    return makeDistributed({
      agentClass: this.constructor,
      args: [this.config],
      options,
      local: this,
    }) as RpcAgent<this>;
  }

  /** A thumbnail for lists, as JSON: name, type, agent_id, sys_prompt and model. */
  toString(): string {
    return JSON.stringify({
      name: this.name,
      type: this.constructor.name,
      sys_prompt: this.sysPrompt ?? null,
      agent_id: this.agentId,
      model: this.config.modelConfigName === undefined ? null : { config_name: this.config.modelConfigName },
    });
  }
}

/** A function that calls the agent, with the members of the agent's class. */
function callableOf(prototype: object): object {
  trackTurns();
  const self = (input?: AgentInput): Placeholder => callAgent(targetOfLocal(self), input);
  // A function's own, which can't be written to; the class may have one that can.
  Object.defineProperty(self, "length", { value: undefined, writable: true, configurable: true });
  Object.setPrototypeOf(self, localPrototype(prototype));
  return self;
}

/** Takes the agent into this process's host, with its first call. */
function targetOfLocal(agent: object): AgentTarget {
  return (agent as { [agentBrand]: AgentTarget })[agentBrand];
}

const localPrototypes = new WeakMap<object, object>();

/**
 * The prototype of a class's local agents: `observe` stands in the mailbox like a call; the class's own one is what the host
 * calls.
 */
function localPrototype(prototype: object): object {
  let local = localPrototypes.get(prototype);
  if (local !== undefined) return local;
  const { observe } = prototype as { observe: (this: AgentBase, input?: Msg | Msg[]) => void | Promise<void> };
  local = Object.create(prototype, {
    observe: {
      value(this: AgentBase, input?: AgentInput): CallResult<unknown> | void | Promise<void> {
        const target = targetOfLocal(this);
        if (currentTask()?.agent === (target as object)) return observe.call(this, input as Msg);
        return callMethodOf(target, "observe", [input]);
      },
      configurable: true,
      writable: true,
    },
    [agentBrand]: {
      get(this: AgentBase): AgentTarget {
        const target = hostLocally(this);
        Object.defineProperty(this, agentBrand, { value: target });
        return target;
      },
      configurable: true,
    },
  }) as object;
  localPrototypes.set(prototype, local);
  return local;
}
