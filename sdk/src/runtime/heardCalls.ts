import type { Placeholder } from "../messages/placeholder.js";
import type { AgentTarget } from "./agentTarget.js";

type Listener = (answer: Placeholder) => void;

const listeners = new Map<AgentTarget, Set<Listener>>();

/** Calls back with what the agent answers to each call from this thread; gives what ends that. */
export function hear(target: AgentTarget, listener: Listener): () => void {
  const heard = listeners.get(target) ?? new Set();
  heard.add(listener);
  listeners.set(target, heard);
  return () => {
    heard.delete(listener);
    if (heard.size === 0) listeners.delete(target);
  };
}

/** Tells those who listen. */
export function tellListeners(target: AgentTarget, answer: Placeholder): void {
  if (listeners.size === 0) return;
  for (const listener of listeners.get(target) ?? []) listener(answer);
}
