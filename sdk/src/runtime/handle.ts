import { inspect } from "node:util";
import { agentBrand, handleBrand } from "../agents/brand.js";
import { InvalidArgumentError } from "../errors.js";
import { CallResult } from "../messages/callResult.js";
import { Placeholder } from "../messages/placeholder.js";
import { snapshotArguments } from "../messages/valueCodec.js";
import type { AgentTarget } from "./agentTarget.js";
import { tellListeners } from "./heardCalls.js";
import { trackTurns } from "./task.js";

/** Calls the agent: what `agent(x)` does, wherever it lives. */
export function callAgent(target: AgentTarget, input: unknown): Placeholder {
  const args = snapshotArguments("reply", [input]);
  const result: Placeholder = new Placeholder(undefined, 0);
  target.call("reply", args, result);
  tellListeners(target, result);
  return result;
}

/** Calls another method of the agent, in its mailbox. */
export function callMethodOf(target: AgentTarget, method: string, args: readonly unknown[]): CallResult<unknown> {
  const result = new CallResult<unknown>(undefined, 0);
  target.call(method, snapshotArguments(method, args), result);
  return result;
}

/** Handles are proxies of this one function: a handle costs no function object of its own. */
const callable = () => {};
// Node looks for it on what is behind a proxy, and calls it on the proxy.
Object.defineProperty(callable, inspect.custom, {
  value(this: { [agentBrand]: AgentTarget }) {
    return describe(this[agentBrand]);
  },
});

/** What a handle's own members are; every other name is a method of the agent. */
const members = {
  name: (target: AgentTarget) => target.label.name,
  agentId: (target: AgentTarget) => target.label.id,
  reply: (target: AgentTarget) => (input?: unknown) => callAgent(target, input),
  observe: (target: AgentTarget) => (input?: unknown) => callMethodOf(target, "observe", [input]),
  get: (target: AgentTarget) => (property: string) => callMethodOf(target, "get", [property]),
  ready: (target: AgentTarget) => () => target.ready?.() ?? Promise.resolve(),
  toString: (target: AgentTarget) => () => describe(target),
} satisfies Record<string, (target: AgentTarget) => unknown>;

function describe({ label, className }: AgentTarget): string {
  return JSON.stringify({ name: label.name, type: className, agent_id: label.id, server: label.server });
}

class HandleTraps implements ProxyHandler<typeof callable> {
  constructor(
    private readonly target: AgentTarget,
    /** The prototype of the agent's class, where this process has it. */
    private readonly prototype: object | undefined,
  ) {}

  apply(_callable: unknown, _this: unknown, args: unknown[]): Placeholder {
    return callAgent(this.target, args[0]);
  }

  get(_callable: unknown, key: string | symbol): unknown {
    const { target, prototype } = this;
    if (key === agentBrand) return target;
    if (key === handleBrand) return true;
    if (key === Symbol.toPrimitive) return () => describe(target);
    if (typeof key === "symbol") return undefined;
    const member = Object.hasOwn(members, key) ? members[key as keyof typeof members] : undefined;
    if (member !== undefined) return member(target);
    if (key === "toDist") return () => alreadyDistributed(target);
    // `await handle` must not call the agent, nor must anything that asks what kind of object this is.
    if (key === "then" || key === "toJSON" || key === "constructor") return undefined;
    if (prototype !== undefined) {
      const inClass = memberOf(prototype, key);
      if (inClass === undefined) return undefined;
      if (inClass.get !== undefined) throw propertyElsewhere(key, target);
    }
    return (...args: unknown[]) => callMethodOf(target, key, args);
  }

  has(_callable: unknown, key: string | symbol): boolean {
    return key === agentBrand || (typeof key === "string" && Object.hasOwn(members, key));
  }

  set(_callable: unknown, key: string | symbol): boolean {
    throw new TypeError(
      `${String(key)} of a distributed agent can't be set from here: give the agent a method that does`,
    );
  }

  getPrototypeOf(): object {
    return this.prototype ?? Object.prototype;
  }
}

/** A member of the agent's class; not of what every object inherits. */
function memberOf(prototype: object, key: string): PropertyDescriptor | undefined {
  for (
    let holder: object | null = prototype;
    holder !== null && holder !== Object.prototype;
    holder = Object.getPrototypeOf(holder) as object | null
  ) {
    const descriptor = Object.getOwnPropertyDescriptor(holder, key);
    if (descriptor !== undefined) return descriptor;
  }
  return undefined;
}

function propertyElsewhere(key: string, { label }: AgentTarget): InvalidArgumentError {
  return new InvalidArgumentError(
    `${key} is a property of agent ${JSON.stringify(label.name)}, which lives on ${label.server}: read it with await agent.get(${JSON.stringify(key)})`,
  );
}

function alreadyDistributed({ label }: AgentTarget): never {
  throw new InvalidArgumentError(
    `agent ${JSON.stringify(label.name)} is distributed already: it lives on ${label.server}`,
  );
}

/**
 * What a program holds of an agent that lives elsewhere: it is called like the agent itself.
 *
 * @param prototype of the agent's class where this process has it: then only methods of the class can be called.
 */
export function createHandle(target: AgentTarget, prototype?: object): object {
  trackTurns();
  return new Proxy(callable, new HandleTraps(target, prototype));
}
