import type { RemoteAgent } from "./remoteAgent.js";

/**
 * The agents of other processes that came in values: one for all values that name it, for as long as something here refers to
 * it. Then its process is told.
 */
export class ImportedAgents {
  private readonly agents = new Map<string, WeakRef<RemoteAgent>>();
  private readonly collected = new FinalizationRegistry<{ key: string; ref: WeakRef<RemoteAgent>; unbind: () => void }>(
    ({ key, ref, unbind }) => {
      if (this.agents.get(key) === ref) this.agents.delete(key);
      unbind();
    },
  );

  /**
   * The one that is here, or a new one.
   *
   * @param key where it is, and its id.
   */
  get(key: string, make: () => RemoteAgent): RemoteAgent {
    const known = this.agents.get(key)?.deref();
    if (known?.isLost === false) return known;
    const agent = make();
    const ref = new WeakRef(agent);
    const { binding } = agent;
    this.agents.set(key, ref);
    this.collected.register(agent, { key, ref, unbind: () => binding.undo?.() });
    return agent;
  }
}
