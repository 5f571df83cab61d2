import type { ServerSecrets } from "agentscope-distributed-daemon/protocol";
import type { SecretStorage } from "vscode";

/** `HOST:PORT`, with brackets around an IPv6 address. */
export type Address = string;

/** One entry for all: the editor can't list the names of entries. */
const key = "agentscope.serverSecrets";

/**
 * Tokens and certificates of agent servers, in the editor's secret storage and nowhere else. The daemon is given those of a server when it
 * connects to it, and keeps them in memory.
 */
export class KeptSecrets {
  /** Changes come one after the other: each reads and writes all of them. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly storage: Pick<SecretStorage, "get" | "store" | "delete">) {}

  async of(address: Address): Promise<ServerSecrets | undefined> {
    return (await this.all()).get(address);
  }

  async addresses(): Promise<Address[]> {
    return [...(await this.all()).keys()];
  }

  keep(address: Address, secrets: ServerSecrets): Promise<void> {
    return this.change((all) => all.set(address, secrets));
  }

  forget(addresses: readonly Address[]): Promise<void> {
    return this.change((all) => {
      for (const address of addresses) all.delete(address);
    });
  }

  private async all(): Promise<Map<Address, ServerSecrets>> {
    const text = await this.storage.get(key);
    try {
      return new Map(Object.entries(JSON.parse(text ?? "{}") as Record<Address, ServerSecrets>));
    } catch {
      // Damaged: they are asked for again.
      return new Map();
    }
  }

  private change(make: (all: Map<Address, ServerSecrets>) => void): Promise<void> {
    const changed = this.changeAfter(this.last, make);
    this.last = changed.catch(() => {});
    return changed;
  }

  private async changeAfter(before: Promise<unknown>, make: (all: Map<Address, ServerSecrets>) => void): Promise<void> {
    await before;
    const all = await this.all();
    make(all);
    if (all.size === 0) await this.storage.delete(key);
    else await this.storage.store(key, JSON.stringify(Object.fromEntries(all)));
  }
}
