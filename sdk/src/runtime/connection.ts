import type { AgentScopeError } from "../errors.js";
import type { Channel, SendFrame } from "../link/channel.js";
import { damagedFrame } from "../link/failure.js";
import { decodeFrame } from "../link/frame.js";
import type { LaneLoad, PeerInfo } from "../link/peer.js";
import type { Carrier, LinkListener } from "../link/carrier.js";
import { Session, type SessionConnection, type SessionEndpoint } from "./session.js";

/** The thread that a connection belongs to, as the connection sees it. */
export interface ConnectionEndpoint extends SessionEndpoint {
  sessionOpened(session: Session): void;
  sessionEnded(session: Session): void;
}

function rank({ agents, stuck }: LaneLoad): number {
  return stuck ? agents + 1e9 : agents;
}

/**
 * One thread's end of the conversation with another process, whatever carries it and however often the stream is re-opened.
 *
 * 1. Until it is open frames wait here.
 * 2. Once it is lost everything that waits for it has ended, and everything new ends at once with the same error.
 */
export class Connection implements LinkListener, SessionConnection {
  private state: { kind: "opening"; waiting: Parameters<SendFrame>[] } | { kind: "open" } | { kind: "lost" } = {
    kind: "opening",
    waiting: [],
  };
  /** What the other side said of itself. */
  peer: PeerInfo | undefined = undefined;
  /** Why it is lost. */
  lostError: AgentScopeError | undefined = undefined;
  /** While the stream is broken: who waits until it is back, or given up. */
  private downWatchers: (() => void)[] | undefined = undefined;
  private readonly sessions = new Map<number, Session>();
  private readonly lostLanes = new Map<number, AgentScopeError>();
  private readonly openWatchers: ((error?: AgentScopeError) => void)[] = [];
  private holds = 0;

  constructor(
    private readonly endpoint: ConnectionEndpoint,
    /** The same on both sides, and made by the one that opened it; part of references to calls. */
    readonly id: string,
    private readonly carrier: Carrier,
  ) {}

  /** The conversation with one lane there. */
  session(lane: number): Session {
    let session = this.sessions.get(lane);
    if (session === undefined) {
      session = new Session({ endpoint: this.endpoint, connection: this }, lane);
      this.sessions.set(lane, session);
      this.endpoint.sessionOpened(session);
      const error = this.lostError ?? this.lostLanes.get(lane);
      if (error !== undefined) session.lost(error);
    }
    return session;
  }

  /** The worker there that has the least to do, as far as is known here. */
  laneForNewAgent(): number {
    const lanes = this.peer?.lanes ?? [];
    let best = lanes[0];
    for (const lane of lanes) {
      if (best === undefined || rank(lane) < rank(best)) best = lane;
    }
    if (best === undefined) return 0;
    best.agents++;
    return best.lane;
  }

  /** Calls back when it is open, or has failed to open. */
  whenOpen(watcher: (error?: AgentScopeError) => void): void {
    if (this.state.kind === "opening") this.openWatchers.push(watcher);
    else watcher(this.lostError);
  }

  /**
   * Calls back when its stream, if that is broken, is back or given up: the server may have been started again. Keeps the
   * process alive until then.
   */
  whenNotDown(callback: () => void): void {
    if (this.downWatchers === undefined) {
      callback();
      return;
    }
    this.hold();
    this.downWatchers.push(() => {
      this.unhold();
      callback();
    });
  }

  /** Whether its stream is broken: it may come back, or be given up. */
  get isDown(): boolean {
    return this.downWatchers !== undefined;
  }

  /** Whether its stream is broken, and what is asked for is of another start of the server than the one it was opened to. */
  mayBeStale(instance: string): boolean {
    return this.isDown && this.peer?.instance !== instance;
  }

  private endDown(): void {
    const watchers = this.downWatchers;
    this.downWatchers = undefined;
    if (watchers !== undefined) for (const watcher of watchers) watcher();
  }

  send(...frame: Parameters<SendFrame>): void {
    if (this.state.kind === "open") this.carrier.send(...frame);
    else if (this.state.kind === "opening") this.state.waiting.push(frame);
  }

  hold(): void {
    if (this.holds++ === 0) this.carrier.hold();
  }

  unhold(): void {
    if (--this.holds === 0) this.carrier.unhold();
  }

  locate(agentId: string): Promise<number> {
    this.hold();
    return this.carrier.locate(agentId).finally(() => this.unhold());
  }

  broken(error: AgentScopeError): void {
    this.carrier.abort(error);
    this.lost(error);
  }

  // What the carrier tells:

  opened(peer: PeerInfo): void {
    this.peer = peer;
    if (this.state.kind !== "opening") return;
    const { waiting } = this.state;
    this.state = { kind: "open" };
    for (const frame of waiting) this.carrier.send(...frame);
    for (const watcher of this.openWatchers.splice(0)) watcher();
  }

  receive(bytes: Uint8Array): void {
    if (this.state.kind === "lost") return;
    try {
      const frame = decodeFrame(bytes);
      this.session(frame.fromLane).channel.receiveFrame(frame);
    } catch (thrown) {
      // It ends this connection, and not the thread that has agents of others.
      this.broken(damagedFrame(thrown));
    }
  }

  down(): void {
    this.downWatchers ??= [];
    for (const channel of this.channels()) channel.carrierDown();
  }

  up(): void {
    this.endDown();
    for (const channel of this.channels()) channel.carrierUp();
  }

  private channels(): Channel[] {
    return [...this.sessions.values()].map((session) => session.channel);
  }

  /** What its workers have to do, as far as it tells. */
  lanes(lanes: LaneLoad[]): void {
    if (this.peer !== undefined) this.peer.lanes = lanes;
  }

  /** A worker there was ended, and the agents it had. */
  laneLost(lane: number, error: AgentScopeError): void {
    this.lostLanes.set(lane, error);
    const session = this.sessions.get(lane);
    if (session !== undefined) this.endSession(session, error);
  }

  lost(error: AgentScopeError): void {
    if (this.state.kind === "lost") return;
    this.state = { kind: "lost" };
    this.lostError = error;
    for (const session of [...this.sessions.values()]) this.endSession(session, error);
    for (const watcher of this.openWatchers.splice(0)) watcher(error);
    this.endDown();
  }

  private endSession(session: Session, error: AgentScopeError): void {
    this.endpoint.sessionEnded(session);
    session.lost(error);
  }
}
