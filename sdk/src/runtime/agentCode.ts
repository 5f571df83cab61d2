import { agentBrand } from "../agents/brand.js";
import { AgentScopeError } from "../errors.js";
import type { Task } from "./task.js";

/** How an instance that passes calls on is given those of any method. */
export const relayedCall = Symbol("relayedCall");

/** How an instance is told that its running call was given up by its caller. */
export const callGivenUp = Symbol("callGivenUp");

/** What a host calls of an agent; `AgentBase` has it all. */
export interface AgentInstance {
  [relayedCall]?(method: string, args: unknown[]): unknown;
  [callGivenUp]?(): void;
  reply(input?: unknown): unknown;
  observe(input?: unknown): unknown;
  setup?(): unknown;
  dispose?(): unknown;
  getState?(): unknown;
  setState?(state: unknown): unknown;
}

/** Runs the agent's own code for a call, up to its first `await`. */
export function invokeAgent(instance: AgentInstance, task: Task): unknown {
  if (task.method === "reply") return instance.reply(task.args[0]);
  if (task.method === "observe") return instance.observe(task.args[0]);
  return callMethod(instance, task);
}

/** Only methods of the class (and getters of properties by `get`) can be called from elsewhere, never what it inherits from Object. */
function callMethod(instance: AgentInstance, task: Task): unknown {
  if (instance[relayedCall] !== undefined) return instance[relayedCall](task.method, task.args.slice());
  if (task.method === "get") return publicProperty(instance, task);
  const method = publicMethod(instance, task.method);
  if (method === undefined) throw nothingPublic("method", task.method, task);
  return method.apply(instance, task.args);
}

function publicProperty(instance: object, task: Task): unknown {
  const name = String(task.args[0]);
  if (isPrivate(name)) throw nothingPublic("property", name, task);
  return (instance as Record<string, unknown>)[name];
}

function nothingPublic(kind: "method" | "property", name: string, { agent }: Task): AgentScopeError {
  return new AgentScopeError(
    "INVALID_ARGUMENT",
    `class ${agent.className} has no public ${kind} ${JSON.stringify(name)}`,
  );
}

function isPrivate(name: string): boolean {
  return name.startsWith("_");
}

/** What only the host of an agent calls, and what would make another agent. */
const hostsMethods: ReadonlySet<string> = new Set([
  "constructor",
  "setup",
  "dispose",
  "getState",
  "setState",
  "speak",
  "toDist",
]);

function publicMethod(instance: object, name: string): ((...args: unknown[]) => unknown) | undefined {
  if (hostsMethods.has(name) || isPrivate(name)) return undefined;
  for (
    let holder: object | null = Object.getPrototypeOf(instance);
    holder !== null && holder !== Object.prototype && holder !== Function.prototype;
    holder = Object.getPrototypeOf(holder)
  ) {
    const method = Object.getOwnPropertyDescriptor(holder, name)?.value as unknown;
    if (typeof method === "function") return method as (...args: unknown[]) => unknown;
  }
  return undefined;
}

/** Whether the agent's code gave a promise; an agent or a handle is none. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    ((typeof value === "object" && value !== null) || typeof value === "function") &&
    !(agentBrand in value) &&
    typeof (value as { then?: unknown }).then === "function"
  );
}
