/**
 * How agents, their classes, and results are recognised. Symbols of the global registry, not `instanceof`: a program and an
 * agent server can load the SDK from different folders.
 */
export const agentClassBrand = Symbol.for("agentscope.agentClass");

/** On a decorated class: the class as written. */
export const rawAgentClass = Symbol.for("agentscope.rawAgentClass");

/** On a class that the SDK brings itself: the name by which every agent server knows it. */
export const builtInAgent = Symbol.for("agentscope.builtInAgent");

/** On a class: makes of a config what can travel to another process, or says why nothing can. */
export const portableConfig = Symbol.for("agentscope.portableConfig");

/** The name of a class that every agent server knows; undefined for all others, also for subclasses of those. */
export function builtInName(agentClass: object): string | undefined {
  return Object.hasOwn(agentClass, builtInAgent)
    ? (agentClass as { [builtInAgent]?: string })[builtInAgent]
    : undefined;
}

/** On an agent and on a handle: the `AgentTarget` that takes its calls. */
export const agentBrand = Symbol.for("agentscope.agent");

/** True on what `toDist` makes. */
export const handleBrand = Symbol.for("agentscope.handle");

/** Whether a value is a class that extends `AgentBase`, decorated or not. */
export function isAgentClass(value: unknown): value is abstract new (...args: never[]) => object {
  return typeof value === "function" && (value as { [agentClassBrand]?: unknown })[agentClassBrand] === true;
}
