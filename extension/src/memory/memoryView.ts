import { agentMemory } from "agentscope-distributed-daemon/protocol";
import type { ViewKind } from "../webviews/viewKind.js";
import { type AgentSubject, restoreSubject } from "./agentSubject.js";

/** The messages of an agent as a conversation. */
export const memoryView: ViewKind<AgentSubject> = {
  page: "memory",
  icon: "memory",
  title: ({ name }) => `Memory of ${name}`,
  key: ({ serverId, agentId }) => JSON.stringify([serverId, agentId]),
  restore: restoreSubject,
  allowed: { requests: [agentMemory], topics: ["memory", "agents"] },
  actions: [],
};
