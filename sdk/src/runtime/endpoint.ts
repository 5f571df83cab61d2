import { AgentServerNotAliveError, PlaceholderExpiredError } from "../errors.js";
import { type ChannelLimits, defaultChannelLimits } from "../link/channelLimits.js";
import { patience } from "../link/debugged.js";
import type { Cursor } from "../link/operations.js";
import { hostOf, isLoopback, type PeerInfo } from "../link/peer.js";
import type { CallResult } from "../messages/callResult.js";
import { Placeholder } from "../messages/placeholder.js";
import type { RemoteFile } from "../messages/remoteFile.js";
import type { AgentHost } from "./agentHost.js";
import type { Connection, ConnectionEndpoint } from "./connection.js";
import { ForeignResult } from "./foreignResult.js";
import { forward } from "./forwardedResult.js";
import { createHandle } from "./handle.js";
import type { HostedAgent } from "./hostedAgent.js";
import { RemoteAgent } from "./remoteAgent.js";
import type { AgentLocation } from "./argumentCodec.js";
import type { Session } from "./session.js";
import type { TaskReference } from "./taskReference.js";
import { WaitGraph, type WaitGraphHome } from "./waitGraph.js";
import { WeakTable } from "./weakTable.js";

/** What an endpoint needs of the process it is in. */
export interface Network {
  /** The connection to the agent server at an address; opened when there is none, as one of a realm expects it. */
  connect(address: string, realm: string): Connection;
  /** A file of this process as one that others can fetch, or the url as it is. */
  exportUrl(url: string): string | RemoteFile;
  /** A message has come with this text as its `url`. */
  receivedUrl?(url: string): void;
  /** Whether others may have a file of this process. */
  givesOut?(path: string): boolean;
}

/** Numbers of calling agents are below this: the rest of a caller's number tells the session. */
const callersPerSession = 2 ** 32;

/** One thread among the threads that talk to each other: its agents, its sessions, and how it is found by others. */
export class Endpoint implements ConnectionEndpoint, WaitGraphHome {
  readonly waitGraph = new WaitGraph(this);
  private sessionCount = 0;
  private readonly sessions = new Map<string, Session>();
  /** Results that were asked for before their caller's session was there. */
  private readonly expected = new Map<string, { seq: number; result: CallResult<unknown> }[]>();
  /** Agents of other processes that came in values: one for all values that name it. */
  private readonly imported = new WeakTable<RemoteAgent>();
  /** Results of other servers that came in values, and whose values are not here. */
  private readonly fetching = new WeakTable<CallResult<unknown>>();

  readonly host: AgentHost;
  /** Which thread of the process this is (frame.ts). */
  readonly lane: number;
  /** Where this process is reached; no address for one that does not listen. */
  readonly self: PeerInfo;
  private readonly network: Network;

  /** Of the sessions that begin from now on. */
  readonly channelLimits: () => ChannelLimits;

  /** @param options `channelLimits`: the defaults unless given. */
  constructor(options: {
    host: AgentHost;
    lane: number;
    self: PeerInfo;
    network: Network;
    channelLimits?: () => ChannelLimits;
  }) {
    this.host = options.host;
    this.lane = options.lane;
    this.self = options.self;
    this.network = options.network;
    this.channelLimits = options.channelLimits ?? (() => defaultChannelLimits);
  }

  /** How many results of other servers are known here that nobody has asked for, or whose values have not come; for metrics. */
  get waitingForOthers(): number {
    return this.fetching.size;
  }

  nextCallerBase(): number {
    return ++this.sessionCount * callersPerSession;
  }

  sessionOpened(session: Session): void {
    this.sessions.set(session.otherCallerName, session);
    const expected = this.expected.get(session.otherCallerName);
    if (expected === undefined) return;
    this.expected.delete(session.otherCallerName);
    for (const { seq, result } of expected) forward(session.incoming.result(seq), result);
  }

  sessionEnded(session: Session): void {
    if (this.sessions.get(session.otherCallerName) === session) this.sessions.delete(session.otherCallerName);
  }

  givesOut(path: string): boolean {
    return this.network.givesOut?.(path) === true;
  }

  receivedUrl(url: string): void {
    this.network.receivedUrl?.(url);
  }

  exportUrl(url: string): string | RemoteFile {
    return this.network.exportUrl(url);
  }

  /** The result of somebody's call of an agent here; the call may not have arrived, its caller may not be known yet. */
  resultOf(caller: string, seq: number): CallResult<unknown> {
    const session = this.sessions.get(caller);
    if (session !== undefined) return session.incoming.result(seq);
    const result: CallResult<unknown> = new Placeholder(undefined, seq);
    result.markRead();
    const expected = this.expected.get(caller);
    if (expected === undefined) this.expected.set(caller, [{ seq, result }]);
    else expected.push({ seq, result });
    setTimeout(() => {
      result.fail(new PlaceholderExpiredError(`no call with this result has come to ${this.host.serverName}`));
    }, patience(this.host.callTimeoutMs)).unref();
    return result;
  }

  /**
   * What the other end of a session needs to fetch a result itself: its own number of it, or a reference to another server.
   * Undefined where it can't: not yet, never (this process has the value), or not from there.
   */
  referenceTo(result: CallResult<unknown>, session: Session): TaskReference | number | undefined {
    const { source } = result;
    if (source instanceof RemoteAgent) {
      const owner = source.session;
      if (owner === undefined || result.seq === 0 || owner.ended !== undefined) return undefined;
      if (owner === session) return result.seq;
      const { peer } = owner.connection;
      if (peer === undefined || !this.canReach(peer, session.connection.peer)) return undefined;
      const { address, realm, instance } = peer;
      return { address, realm, instance, lane: owner.lane, caller: owner.callerName, seq: result.seq };
    }
    if (source instanceof ForeignResult) {
      const { reference } = source;
      const { peer } = session.connection;
      if (peer?.instance === reference.instance) return reference;
      const reachable = !isLoopback(hostOf(reference.address)) || peer?.machine === this.self.machine;
      return reachable ? reference : undefined;
    }
    return undefined;
  }

  /** Calls back when it is known whether the other end of the session can be given a reference. */
  whenReferable(result: CallResult<unknown>, session: Session, callback: () => void): void {
    const whenPeerKnown = () => session.connection.whenOpen(callback);
    if (result.source instanceof RemoteAgent) result.source.whenBound(whenPeerKnown);
    else whenPeerKnown();
  }

  canReach(server: PeerInfo, from: PeerInfo | undefined): boolean {
    if (server.address === "" || (server.realm !== "" && server.realm !== from?.realm)) return false;
    return !isLoopback(hostOf(server.address)) || from?.machine === server.machine;
  }

  probed(cursor: Cursor, session: Session): void {
    this.waitGraph.receive(cursor, session);
  }

  /** A result of another server (or of this one), for use here. */
  importTask(reference: TaskReference): CallResult<unknown> {
    const { address, realm, instance, lane, caller, seq } = reference;
    if (instance === this.self.instance && lane === this.lane) return this.resultOf(caller, seq);
    const key = `${instance}/${lane}/${caller}/${seq}`;
    const known = this.fetching.get(key);
    if (known !== undefined) return known;
    const connection = this.network.connect(address, realm);
    if (connection.mayBeStale(instance)) {
      const later: CallResult<unknown> = new Placeholder(undefined, seq);
      connection.whenNotDown(() => forward(this.importTask(reference), later));
      return later;
    }
    const source = new ForeignResult(reference, connection.session(lane), () => this.fetching.delete(key));
    const result: CallResult<unknown> = new Placeholder(source, seq);
    result.state = "kept";
    this.fetching.set(key, result);
    return result;
  }

  agentThere(id: string, session: Session): RemoteAgent {
    const agent = new RemoteAgent({ name: id, id, server: session.otherAddress || "main process" }, "Person");
    agent.isResident = true;
    agent.bindTo(session);
    return agent;
  }

  /** A handle for an agent that came in a value. */
  importAgent(location: AgentLocation, session: Session): object {
    const { address, instance, lane, id, name, className, madeBy } = location;
    if (address !== "" && instance === this.self.instance && lane === this.lane) {
      const agent = this.host.find(id) ?? this.expectAgent(location);
      if (agent !== undefined) return createHandle(agent);
    }
    const key = address === "" ? `${session.otherCallerName}/${id}` : `${instance}/${lane}/${id}`;
    const known = this.imported.get(key);
    if (known?.isLost === false) return createHandle(known);
    const server = address || session.connection.peer?.address || "main process";
    const agent = new RemoteAgent({ name, id, server }, className);
    const binding: RemoteAgent["binding"] = {};
    agent.binding = binding;
    if (address === "") agent.bindTo(session, madeBy);
    else this.bindElsewhere(agent, location);
    this.imported.set(key, agent, () => binding.undo?.());
    return createHandle(agent);
  }

  /** One of this thread's agents that is not made yet: the order to make it may stand beside the value that names it. */
  private expectAgent({ id, name, className, madeBy }: AgentLocation): HostedAgent | undefined {
    if (madeBy === undefined) return undefined;
    const agent = this.host.expect({ id, name, className });
    this.resultOf(madeBy.caller, madeBy.seq).whenRead(() => this.host.orderHasCome(id));
    return agent;
  }

  private bindElsewhere(agent: RemoteAgent, location: AgentLocation): void {
    const { address, realm, instance, lane, madeBy } = location;
    const connection = this.network.connect(address, realm);
    if (connection.mayBeStale(instance)) {
      connection.whenNotDown(() => this.bindElsewhere(agent, location));
      return;
    }
    connection.whenOpen((error) => {
      if (error === undefined && connection.peer?.instance === instance) agent.bindTo(connection.session(lane), madeBy);
      else agent.fail(error ?? startedAgain(address));
    });
  }
}

function startedAgain(server: string): AgentServerNotAliveError {
  return new AgentServerNotAliveError(`the agent server ${server} was started again: its agents are gone`, { server });
}
