import type { HostedAgent } from "../runtime/hostedAgent.js";

/** What lists show of an agent, as JSON: what its `toString` gives, or what is known of it. */
export function agentThumbnail({ instance, id, name, className }: HostedAgent): string {
  const plain = JSON.stringify({ name, type: className, sys_prompt: null, agent_id: id, model: null });
  if (instance === undefined) return plain;
  try {
    const own = (instance as { toString(): string }).toString();
    JSON.parse(own);
    return own;
  } catch {
    // A class may have its own idea of toString; lists need JSON.
    return plain;
  }
}
