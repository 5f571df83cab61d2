import { settings } from "../orchestration/settings.js";
import type { ChildServer } from "./childServer.js";

/** How long after one was taken the next is started, in milliseconds: the agent that took it gets the processor first. */
const refillAfterMs = 50;

/**
 * Child servers that are started before an agent needs one: `init({ warmChildServers })`.
 *
 * 1. None of them keeps the process alive, ready or not; one that was taken does so until it is ready, as any child.
 * 2. None was started with other settings than the last `init` left.
 * 3. One that ends by itself is not replaced before another one is taken: what can't start is not started again and again.
 */
export class WarmServers {
  private readonly servers: ChildServer[] = [];
  private refill: NodeJS.Timeout | undefined;

  constructor(
    private readonly children: {
      start: () => ChildServer;
      isUpToDate: (server: ChildServer) => boolean;
      /** How many more children there may be. */
      room: () => number;
    },
  ) {}

  /** Starts what the settings want and is not there, and ends what they no longer want. */
  keep(): void {
    this.fit();
    while (this.servers.length < this.wanted) {
      const server = this.children.start();
      server.process.holdUntilReady(false);
      this.servers.push(server);
    }
  }

  /** Ends those that there are too many of, or that have other settings. */
  fit(): void {
    const { isUpToDate } = this.children;
    for (const server of this.servers.filter((one) => !isUpToDate(one))) this.end(server);
    for (const server of this.servers.slice(this.wanted)) this.end(server);
  }

  private get wanted(): number {
    return Math.max(0, Math.min(settings.warmChildServers, this.children.room()));
  }

  /** One for an agent, if there is one: the one that was started first. */
  take(): ChildServer | undefined {
    const server = this.servers.find(this.children.isUpToDate);
    if (settings.warmChildServers > 0) this.refill ??= setTimeout(() => this.refilled(), refillAfterMs).unref();
    if (server === undefined) return undefined;
    this.forget(server);
    server.process.holdUntilReady(true);
    return server;
  }

  private refilled(): void {
    this.refill = undefined;
    this.keep();
  }

  /** It has ended, or is another's now. */
  forget(server: ChildServer): void {
    const at = this.servers.indexOf(server);
    if (at >= 0) this.servers.splice(at, 1);
  }

  private end(server: ChildServer): void {
    this.forget(server);
    server.process.kill("SIGTERM");
  }
}
