import { countAgents } from "agentscope-distributed-daemon/protocol";
import type { DaemonClient } from "../daemon/daemonClient.js";
import type { DaemonState } from "../daemon/daemonState.js";
import { Listeners } from "../daemon/listeners.js";

/** Changes of one moment are asked for together, in milliseconds. */
const pauseMs = 300;

/** How many agents of some classes live, kept true while somebody has asked. */
export class LiveAgents {
  /** Told when one of the counts that were given is another by now. */
  readonly changed = new Listeners<void>();
  private counts = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private readonly stop: () => void;

  constructor(
    private readonly client: Pick<DaemonClient, "request">,
    state: Pick<DaemonState, "changed">,
  ) {
    this.stop = state.changed.on(() => this.lookSoon());
  }

  /** Undefined: not known (yet). */
  of(className: string): number | undefined {
    const known = this.counts.get(className);
    if (known !== undefined) return known < 0 ? undefined : known;
    this.counts.set(className, -1);
    this.lookSoon();
    return undefined;
  }

  /** These classes alone are looked after from now on. */
  keep(classNames: ReadonlySet<string>): void {
    for (const name of this.counts.keys()) if (!classNames.has(name)) this.counts.delete(name);
  }

  dispose(): void {
    this.stop();
    clearTimeout(this.timer);
  }

  private lookSoon(): void {
    if (this.counts.size > 0) this.timer ??= setTimeout(() => void this.look(), pauseMs);
  }

  private async look(): Promise<void> {
    const classNames = [...this.counts.keys()].slice(0, 100);
    try {
      const now = await this.client.request(countAgents, { classNames });
      const isOther = classNames.some((name) => this.counts.has(name) && this.counts.get(name) !== now[name]);
      for (const name of classNames) if (this.counts.has(name)) this.counts.set(name, now[name] ?? 0);
      if (isOther) this.changed.tell();
    } catch {
      // No daemon: nothing is known, and the next news of it asks again.
      const wasKnown = [...this.counts.values()].some((count) => count >= 0);
      for (const name of classNames) this.counts.set(name, -1);
      if (wasKnown) this.changed.tell();
    } finally {
      this.timer = undefined;
    }
  }
}
