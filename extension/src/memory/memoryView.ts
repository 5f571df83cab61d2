import { agentMemory } from "agentscope-distributed-daemon/protocol";
import { commandId } from "../contributions.js";
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
  actions: [
    { id: commandId.openMemoryDocument, title: "Open as Document", icon: "document" },
    { id: commandId.keepMemoryMoment, title: "Keep This Moment", icon: "pin" },
    { id: commandId.compareMemory, title: "Compare with Kept Moment", icon: "compare" },
  ],
};
