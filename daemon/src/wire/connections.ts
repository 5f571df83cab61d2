import type { Readable, Writable } from "node:stream";
import type { LogBook } from "../log/logBook.js";
import { type DaemonIdentity, type Origin, Peer, type Welcoming } from "./peer.js";
import type { WireLimits } from "./wireLimits.js";

/** Everybody who is connected, by whatever way. */
export class Connections {
  readonly limits: WireLimits;
  private readonly peers = new Set<Peer>();
  private isClosed = false;

  constructor(
    private readonly options: {
      identity: DaemonIdentity;
      log: LogBook;
      welcome: Welcoming;
      limits: WireLimits;
    },
  ) {
    this.limits = options.limits;
  }

  /** Who has said hello. */
  get guests(): Peer[] {
    return [...this.peers].filter(({ client }) => client !== undefined);
  }

  accept(stream: { readable: Readable; writable: Writable }, origin: Origin): void {
    const { identity, log, welcome } = this.options;
    const { maxConnections } = this.limits;
    const isFull = this.peers.size >= maxConnections;
    const peer: Peer = new Peer({
      ...{ stream, origin, identity, log, welcome, limits: this.limits },
      ended: () => this.peers.delete(peer),
    });
    this.peers.add(peer);
    if (this.isClosed) peer.end("the daemon is ending");
    else if (isFull) peer.end(`${maxConnections} connections are open, the most there can be (--limit maxConnections)`);
  }

  /** Lets everybody go. */
  close(): void {
    this.isClosed = true;
    for (const peer of [...this.peers]) peer.end("the daemon is ending");
  }
}
