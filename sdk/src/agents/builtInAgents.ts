import type { AgentClass } from "../runtime/agentHost.js";

/** The classes that every agent server can make agents of; each is loaded with its first agent. */
const builtInAgents: Readonly<Record<string, () => Promise<AgentClass>>> = {
  DialogAgent: async () => (await import("./dialogAgent.js")).DialogAgent,
  DictDialogAgent: async () => (await import("./dictDialogAgent.js")).DictDialogAgent,
  ReActAgent: async () => (await import("./reActAgent.js")).ReActAgent,
  UserAgent: async () => (await import("./userAgent.js")).UserAgent,
};

/** A class that the SDK brings itself; undefined where there is none of this name. */
export function loadBuiltInAgent(className: string): Promise<AgentClass> | undefined {
  return Object.hasOwn(builtInAgents, className) ? builtInAgents[className]?.() : undefined;
}
