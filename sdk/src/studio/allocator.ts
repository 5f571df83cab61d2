import { asError } from "../errors.js";
import { settings } from "../orchestration/settings.js";
import type { Allocation, AllocationItem } from "./protocol.js";

const maxItems = 1000;

interface Waiting {
  item: AllocationItem;
  settle: (allocation: Allocation) => void;
}

/** Asks the daemon for servers: all that is asked for in one turn of the event loop together, so that it can spread it. */
export class Allocator {
  private waiting: Waiting[] = [];
  private readonly toldReasons = new Set<string>();

  /** @param request asks the daemon; throws where it can't be reached in time, or refuses. */
  constructor(private readonly request: (items: AllocationItem[]) => Promise<Allocation[]>) {}

  /** Where to put an agent. Where the daemon has no server for it, a child process; why is told once. */
  allocate(item: AllocationItem): Promise<Allocation> {
    return new Promise((settle) => {
      if (this.waiting.push({ item, settle }) === 1) setImmediate(() => this.flush());
    });
  }

  private flush(): void {
    const all = this.waiting;
    this.waiting = [];
    for (let from = 0; from < all.length; from += maxItems) void this.ask(all.slice(from, from + maxItems));
  }

  private async ask(waiting: Waiting[]): Promise<void> {
    const items = waiting.map(({ item }) => item);
    const allocations = await this.request(items).catch((thrown: unknown) =>
      items.map((): Allocation => ({ kind: "child", reason: asError(thrown).message })),
    );
    for (const [index, { item, settle }] of waiting.entries()) {
      const allocation = allocations[index] ?? { kind: "child", reason: "the daemon did not say where" };
      // Who named a server tries that, whatever the daemon knows.
      if (allocation.kind === "child" && item.server === undefined) this.tellReason(allocation.reason);
      settle(allocation);
    }
  }

  private tellReason(reason: string): void {
    if (this.toldReasons.has(reason)) return;
    this.toldReasons.add(reason);
    settings.logger.warn(`agents are put into child processes of this one: ${reason}`);
  }
}
