import type { AgentInstance } from "./agentCode.js";
import { CallCounters } from "./callCounters.js";
import { HostedAgent } from "./hostedAgent.js";
import { personIds, readPersonId } from "./person.js";
import { Relay } from "./relay.js";
import type { TimeSlice } from "./timeSlice.js";

/** The host that they belong to. */
interface ResidentHost {
  readonly serverName: string;
  readonly slice: TimeSlice;
  readonly agents: ReadonlyMap<string, HostedAgent>;
  nextNumber(): number;
}

/**
 * Agents that belong to the process itself: nobody made them, no list shows them, and their calls have no time limit. They are
 * the person of a main process, and on an agent server what stands for the person of an agent that makes others.
 */
export class Residents {
  private readonly counters = new CallCounters();
  private readonly residents = new Map<string, HostedAgent>();

  constructor(
    private readonly host: ResidentHost,
    /** Makes those of this process. */
    private readonly make: (id: string) => AgentInstance | undefined,
  ) {}

  get(id: string): HostedAgent | undefined {
    const known = this.residents.get(id);
    if (known !== undefined) return known;
    const instance = this.make(id) ?? this.personOf(id);
    if (instance === undefined) return undefined;
    const { serverName } = this.host;
    const home = {
      serverName,
      callTimeoutMs: Number.POSITIVE_INFINITY,
      slice: this.host.slice,
      // What the process's own agents do is nobody's load.
      counters: this.counters,
      begun: () => {},
      finished: () => {},
      failed: () => {},
      person: undefined,
      endsWithCaller: true,
    };
    const spec = { id, name: id, className: "Person", args: [], moduleUrl: undefined };
    const resident = new HostedAgent(home, this.host.nextNumber(), spec);
    resident.made(instance);
    this.residents.set(id, resident);
    return resident;
  }

  private personOf(id: string): AgentInstance | undefined {
    const { part, ofAgent } = readPersonId(id) ?? {};
    if (part === undefined || ofAgent === undefined) return undefined;
    const target = this.host.agents.get(ofAgent)?.person?.[part];
    return target === undefined ? undefined : new Relay(target);
  }

  /** The agent is gone, and what stood for its person with it. */
  agentGone(agentId: string): void {
    if (this.residents.size === 0) return;
    for (const id of Object.values(personIds(agentId))) this.residents.delete(id);
  }
}
