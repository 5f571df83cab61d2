import { isLoopback, type ServerAnnouncement, type TunnelOrder } from "agentscope-distributed/studio";
import type { Duplex } from "node:stream";
import { StudioError } from "../errors.js";
import type { LogBook } from "../log/logBook.js";
import type { RelayPortTable } from "../store/relayPortTable.js";
import { Relay, type RelayCounters } from "./relay.js";
import { Tunnels } from "./tunnels.js";

export interface RelaysOptions {
  /** What the daemon listens on, and so its relays. */
  bindHost: string;
  log: LogBook;
  /** What ports servers had that come again to another daemon, and may not know of it themselves. */
  relayPorts: Pick<RelayPortTable, "find" | "save" | "delete">;
  /** Sends a server the order to open a tunnel; false: it can't be told. */
  ask: (serverId: string, order: TunnelOrder) => boolean;
}

/** The ports by which servers with `--via-studio` are reached: one for each, as long as the server is known. */
export class Relays implements AsyncDisposable {
  private readonly tunnels = new Tunnels();
  private readonly relays = new Map<string, Relay>();

  constructor(private readonly options: RelaysOptions) {}

  /**
   * Opens the port of a server, or finds the one that it has.
   *
   * @param options `reachedHost`: by which the server reached the daemon; others reach its port by the same.
   * @throws StudioError when the daemon is reached from other machines and the server lets everybody in.
   */
  async open(
    { serverId, access, relay: before }: Pick<ServerAnnouncement, "serverId" | "access" | "relay">,
    { reachedHost }: { reachedHost: string },
  ): Promise<{ host: string; port: number }> {
    const { bindHost, log, relayPorts, ask } = this.options;
    if (!isLoopback(bindHost) && access === "open") {
      throw StudioError.refused(
        "this daemon listens beyond its own machine, so it passes on calls only to servers that ask for a token or a certificate: " +
          "start the server with --token-file or --tls-cert, --tls-key and --tls-ca",
      );
    }
    let relay = this.relays.get(serverId);
    if (relay === undefined) {
      relay = await Relay.open({
        bindHost,
        wantedPort: before?.port ?? relayPorts.find(serverId),
        tunnels: this.tunnels,
        ask: (order) => ask(serverId, order),
        warn: (text) => log.write("warning", serverId, text),
      });
      // Two announcements of one server at once.
      const other = this.relays.get(serverId);
      if (other !== undefined) {
        await relay[Symbol.asyncDispose]();
        relay = other;
      }
      this.relays.set(serverId, relay);
      relayPorts.save(serverId, relay.port);
    }
    return { host: reachedHost, port: relay.port };
  }

  /** A server has opened a tunnel. @returns false when nobody waits for it. */
  take(tunnelId: string, tunnel: Duplex): boolean {
    return this.tunnels.take(tunnelId, tunnel);
  }

  counters(serverId: string): RelayCounters | undefined {
    return this.relays.get(serverId)?.counters;
  }

  /** The server is not known any more. */
  async forget(serverId: string): Promise<void> {
    this.options.relayPorts.delete(serverId);
    await this.close(serverId);
  }

  private async close(serverId: string): Promise<void> {
    const relay = this.relays.get(serverId);
    this.relays.delete(serverId);
    await relay?.[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.relays.keys()].map((serverId) => this.close(serverId)));
  }
}
