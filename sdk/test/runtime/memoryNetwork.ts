import { setImmediate as nextTurn } from "node:timers/promises";
import { type ChannelLimits, defaultChannelLimits } from "../../src/link/channelLimits.js";
import type { Carrier } from "../../src/link/carrier.js";
import type { PeerInfo } from "../../src/link/peer.js";
import { type CallResult, setAwaitHook } from "../../src/messages/callResult.js";
import type { AgentInstance } from "../../src/runtime/agentCode.js";
import { type AgentClass, AgentHost, takeConstruction } from "../../src/runtime/agentHost.js";
import { Connection } from "../../src/runtime/connection.js";
import { Endpoint } from "../../src/runtime/endpoint.js";
import { createHandle } from "../../src/runtime/handle.js";
import { RemoteAgent } from "../../src/runtime/remoteAgent.js";
import type { Session } from "../../src/runtime/session.js";
import { currentTask } from "../../src/runtime/task.js";
import type { TestHandle } from "./hosts.js";

/** Makes an agent's instance of its config, in the process where it is to live. */
export type Maker = (config: Record<string, unknown>) => AgentInstance;

/** One end of a connection between two processes. */
class End implements Carrier {
  other: End | undefined;
  connection: Connection | undefined;
  /** Frames on their way from here. */
  underway: Uint8Array[] = [];

  sentBytes = 0;

  constructor(
    private readonly network: MemoryNetwork,
    readonly process: MemoryProcess,
  ) {}

  send(bytes: Uint8Array<ArrayBuffer>): void {
    this.sentBytes += bytes.length;
    if (!this.network.isCut) this.underway.push(bytes);
    this.network.wake();
  }

  hold(): void {}

  unhold(): void {}

  abort(error: Error): void {
    this.network.failures.push(error);
  }

  locate(): Promise<number> {
    return Promise.resolve(this.process.endpoint.lane);
  }

  deliver(): void {
    for (const bytes of this.underway.splice(0)) this.other?.connection?.receive(bytes);
  }
}

/** A process of one thread, which other processes of its network can be connected to. */
export class MemoryProcess {
  readonly host: AgentHost;
  readonly endpoint: Endpoint;
  readonly connections = new Map<MemoryProcess, Connection>();
  /** How many turns of the event loop it takes until a connection to it is open. */
  openingTurns = 1;

  constructor(
    readonly network: MemoryNetwork,
    readonly self: PeerInfo,
    options: { maxPoolSize: number; channelLimits: ChannelLimits },
  ) {
    this.host = new AgentHost({
      serverName: self.address || "main process",
      maxPoolSize: options.maxPoolSize,
      maxTimeoutSeconds: 1000,
      callTimeoutSeconds: 1000,
      findClass: (name) => network.classOf(name),
    });
    this.endpoint = new Endpoint({
      host: this.host,
      lane: 1,
      self,
      network: { connect: (address) => this.connect(network.at(address)), exportUrl: (url) => url },
      channelLimits: () => options.channelLimits,
    });
  }

  /** The connection to another process; opened at the next turn where there is none. */
  connect(to: MemoryProcess): Connection {
    return this.connections.get(to) ?? this.network.join(this, to);
  }

  /** This end of the session with another process. */
  sessionTo(other: MemoryProcess): Session {
    return this.network.sessionOf(this, other);
  }

  /** Makes an agent in another process, and gives its handle. */
  make(name: string, on: MemoryProcess, config: Record<string, unknown> = {}): TestHandle {
    const id = `${name}-${this.network.nextId()}`;
    const agent = new RemoteAgent({ name, id, server: on.self.address }, name);
    const spec = { id, name, className: name, args: [{ name, ...config }], moduleUrl: undefined };
    agent.createOn(this.connect(on), spec);
    return createHandle(agent) as unknown as TestHandle;
  }
}

/** Processes that speak over pipes in memory, which can be cut. */
export class MemoryNetwork {
  isCut = false;
  /** What ended a connection that should not have ended. */
  readonly failures: Error[] = [];
  private readonly processes: MemoryProcess[] = [];
  private readonly ends: End[] = [];
  private readonly makers = new Map<string, Maker>();
  private lastId = 0;
  private pumping = false;

  constructor() {
    setAwaitHook({ inTurn: () => currentTask() !== undefined, awaited: (result) => this.awaited(result) });
  }

  /** The wait-for graph of the process whose agent waits; a real process has only its own. */
  private awaited(result: CallResult<unknown>): void {
    const agent = currentTask()?.agent;
    const home = this.processes.find(({ host }) => [...host.agents.values()].some((hosted) => hosted === agent));
    home?.endpoint.waitGraph.awaited(result);
  }

  /** @param options `address` empty: a main process, which nobody can connect to; `realm`: who may connect. */
  add(
    options: {
      address?: string;
      realm?: string;
      machine?: string;
      maxPoolSize?: number;
      channelLimits?: ChannelLimits;
      readsTraces?: boolean;
    } = {},
  ): MemoryProcess {
    const { address = "", realm = "", machine = "here", maxPoolSize = 10_000, readsTraces = true } = options;
    const { channelLimits = defaultChannelLimits } = options;
    const lanes = [{ lane: 1, agents: 0, stuck: false }];
    const self = {
      instance: `instance${String(this.nextId()).padStart(8, "0")}`,
      address,
      serverId: "",
      lanes,
      machine,
      realm,
      readsTraces,
    };
    const process = new MemoryProcess(this, self, { maxPoolSize, channelLimits });
    this.processes.push(process);
    return process;
  }

  /** Agents of this class are made by `maker`. */
  define(className: string, maker: Maker): void {
    this.makers.set(className, maker);
  }

  nextId(): number {
    return ++this.lastId;
  }

  at(address: string): MemoryProcess {
    const found = this.processes.find(({ self }) => self.address === address);
    if (found === undefined) throw new Error(`nobody is at ${address}`);
    return found;
  }

  classOf(name: string): AgentClass {
    const maker = this.makers.get(name);
    if (maker === undefined) throw new Error(`no class ${name}`);
    return function Made(config: Record<string, unknown>) {
      // As the base of all agents does.
      takeConstruction(Made);
      return maker(config);
    } as unknown as AgentClass;
  }

  join(from: MemoryProcess, to: MemoryProcess): Connection {
    const id = `${from.self.instance}-connection${this.nextId()}`;
    const [near, far] = [new End(this, from), new End(this, to)];
    near.other = far;
    far.other = near;
    near.connection = new Connection(from.endpoint, id, near);
    far.connection = new Connection(to.endpoint, id, far);
    from.connections.set(to, near.connection);
    this.ends.push(near, far);
    const open = (turns: number): void => {
      if (turns > 0) {
        setImmediate(() => open(turns - 1));
        return;
      }
      near.connection?.opened(to.self);
      far.connection?.opened(from.self);
      this.wake();
    };
    open(to.openingTurns);
    return near.connection;
  }

  /** How much one process has sent to another. */
  sentBytes(from: MemoryProcess, to: MemoryProcess): number {
    const ends = this.ends.filter((end) => end.process === from && end.other?.process === to);
    return ends.reduce((sum, { sentBytes }) => sum + sentBytes, 0);
  }

  /** One process's end of its session with another. */
  sessionOf(process: MemoryProcess, other: MemoryProcess): Session {
    const end = this.ends.find((each) => each.process === process && each.other?.process === other);
    if (end?.connection === undefined) throw new Error("the processes are not connected");
    return end.connection.session(other.endpoint.lane);
  }

  /** Delivers what is underway, at the end of this turn. */
  wake(): void {
    if (this.pumping) return;
    this.pumping = true;
    setImmediate(() => {
      this.pumping = false;
      for (const end of this.ends) end.deliver();
    });
  }

  /** All streams break; what is underway is lost. */
  cut(): void {
    this.isCut = true;
    for (const end of this.ends) {
      end.underway = [];
      end.connection?.down();
    }
  }

  /** All streams are back. */
  mend(): void {
    this.isCut = false;
    for (const end of this.ends) end.connection?.up();
    this.wake();
  }

  /** Until nothing is underway any more, for a few turns. */
  async settle(): Promise<void> {
    for (let [quiet, turns] = [0, 0]; quiet < 5; quiet++, turns++) {
      await nextTurn();
      if (this.ends.some(({ underway }) => underway.length > 0)) quiet = 0;
      if (turns > 10_000) throw new Error("the processes do not come to rest");
    }
  }
}
