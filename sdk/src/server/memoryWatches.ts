import { AgentScopeError } from "../errors.js";
import type { AgentHost } from "../runtime/agentHost.js";
import { memoryOfAgent } from "./memoryPage.js";
import type { FromWorker } from "./workerMessages.js";

/** The shortest time between two reports of one memory, in milliseconds. */
const pauseMs = 100;

/** Tells the I/O thread when memories that are watched have changed: at once, then ten times a second at most. */
export class MemoryWatches {
  private readonly watches = new Map<string, () => void>();

  constructor(
    private readonly host: AgentHost,
    private readonly post: (message: FromWorker) => void,
  ) {}

  /** @throws AgentScopeError when there is no such agent, or it has no memory. */
  watch(agentId: string, on: boolean): void {
    this.watches.get(agentId)?.();
    this.watches.delete(agentId);
    if (!on) return;
    const agent = this.host.agents.get(agentId);
    const memory = agent && memoryOfAgent(agent);
    if (memory === undefined) {
      throw new AgentScopeError("AGENT_NOT_FOUND", `there is no agent with the id ${agentId} that has a memory`);
    }
    let timer: NodeJS.Timeout | undefined;
    let hasChanged = false;
    const tell = () => {
      hasChanged = false;
      timer = setTimeout(() => {
        timer = undefined;
        if (hasChanged) tell();
      }, pauseMs).unref();
      this.post(["memory", agentId, memory.size, memory.generation]);
    };
    memory.onChange = () => {
      hasChanged = true;
      // When all of this turn's changes are made.
      if (timer === undefined) timer = setTimeout(tell).unref();
    };
    this.watches.set(agentId, () => {
      clearTimeout(timer);
      memory.onChange = undefined;
    });
  }
}
