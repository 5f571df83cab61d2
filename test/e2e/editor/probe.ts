import { once } from "node:events";
import { createConnection } from "node:net";
import { text } from "node:stream/consumers";
import { until } from "../../processes/until.js";
import type { Profile } from "./profile.js";

/** What the extension host uses, after what is not in use was collected. */
export interface HostUse {
  heapBytes: number;
  /** Timers, sockets and whatever else keeps its process going. */
  resources: number;
}

/** Editors that stand in front of each other, one of them seen. */
export interface TabGroup {
  isActive: boolean;
  /** Their titles, that of the one that is seen with a mark. */
  tabs: string[];
}

/** The test's hand in the extension host: the extension `probe`, which is installed beside ours. */
export class Probe {
  private constructor(private readonly socket: string) {}

  /** Waits until it is there. */
  static async find(profile: Profile): Promise<Probe> {
    const probe = new Probe(profile.path("probe.sock"));
    await until(() => probe.isThere(), { timeoutMs: 90_000, what: "the extension of the test" });
    return probe;
  }

  /** Runs a command as other extensions do, without the palette; resolves with its end. */
  async run(command: string, ...args: unknown[]): Promise<void> {
    await this.ask("run", { command, args });
  }

  /** Closes all editors, panels of views among them. */
  async closeEditors(): Promise<void> {
    await this.ask("closeEditors");
  }

  async tabGroups(): Promise<TabGroup[]> {
    return (await this.ask("tabGroups")) as TabGroup[];
  }

  async measure(): Promise<HostUse> {
    return (await this.ask("measure")) as HostUse;
  }

  private isThere(): Promise<boolean> {
    return this.run("noop").then(
      () => true,
      () => false,
    );
  }

  private async ask(deed: string, order: Record<string, unknown> = {}): Promise<unknown> {
    const connection = createConnection(this.socket);
    await once(connection, "connect");
    connection.end(JSON.stringify({ deed, ...order }));
    const { value, error } = JSON.parse(await text(connection)) as { value?: unknown; error?: string };
    if (error !== undefined) throw new Error(`${deed} ${JSON.stringify(order)}: ${error}`);
    return value;
  }
}
