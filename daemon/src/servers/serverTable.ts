import type { ResourceSample } from "agentscope-distributed/studio";
import { Emitter } from "../emitter.js";
import { StudioError } from "../errors.js";
import type { LogBook } from "../log/logBook.js";
import type { ServerKind } from "../protocol/model.js";
import { AgentIndex } from "./agentIndex.js";
import { ServerEntry } from "./serverEntry.js";
import { keptMs, settleChild } from "./serverSweep.js";
import type { LinkEvents, MemoryChange, ServerLink } from "./serverLink.js";

export interface ServerTableOptions {
  log: LogBook;
  /** The run whose script a process is. */
  runOf: (instance: string) => string | undefined;
  /** When a run ended, in milliseconds since 1970; undefined while it goes on. */
  runEndedAt: (runId: string) => number | undefined;
}

const sweepMs = 1000;

/** All servers that are known, with their agents. */
export class ServerTable implements Disposable {
  readonly changed = new Emitter<string>();
  /** Agents of a server are about to be taken from it. */
  readonly agentsLeaving = new Emitter<string>();
  readonly agentsChanged = new Emitter<string>();
  readonly sampled = new Emitter<{ serverId: string; sample: ResourceSample }>();
  readonly memoryChanged = new Emitter<MemoryChange & { serverId: string }>();
  /** Agents that were not there before. */
  readonly agentsMade = new Emitter<{ serverId: string; count: number }>();
  /** It can be spoken to, for the first time or again. */
  readonly attached = new Emitter<ServerEntry>();
  /** It is not in the table any more. */
  readonly removed = new Emitter<string>();
  readonly agents: AgentIndex;
  private readonly entries = new Map<string, ServerEntry>();
  /** Of child servers: the instance of the process that started it, by its own. */
  private readonly parents = new Map<string, string>();
  private readonly sweeping: NodeJS.Timeout;

  constructor(private readonly options: ServerTableOptions) {
    this.agents = new AgentIndex({ runOf: (instance) => this.runOf(instance) });
    this.sweeping = setInterval(() => this.sweep(), sweepMs).unref();
  }

  /** The run that a process belongs to: a script, or a child server of one. */
  runOf(instance: string): string | undefined {
    if (instance === "") return undefined;
    const parent = this.parents.get(instance);
    return this.options.runOf(instance) ?? (parent === undefined ? undefined : this.options.runOf(parent));
  }

  all(): IterableIterator<ServerEntry> {
    return this.entries.values();
  }

  find(serverId: string): ServerEntry | undefined {
    return this.entries.get(serverId);
  }

  /** @throws StudioError when there is none with the id. */
  get(serverId: string): ServerEntry {
    const entry = this.entries.get(serverId);
    if (entry === undefined) throw StudioError.notFound("server", serverId);
    return entry;
  }

  /** @param options `isTalking`: whether it tells of itself each second. */
  add(serverId: string, kind: ServerKind, { isTalking }: { isTalking: boolean }): ServerEntry {
    const entry = new ServerEntry(serverId, kind, {
      isTalking,
      agents: () => this.agents.size(serverId),
      runOf: (instance) => this.runOf(instance),
      events: {
        changed: () => this.changed.emit(serverId),
        sampled: (sample) => this.sampled.emit({ serverId, sample }),
        agentsLost: () => {
          this.agentsLeaving.emit(serverId);
          if (this.agents.lose(serverId) > 0) this.agentsChanged.emit(serverId);
        },
      },
    });
    this.entries.set(serverId, entry);
    return entry;
  }

  remove(serverId: string): void {
    const entry = this.entries.get(serverId);
    if (entry === undefined) return;
    // While it is known whose they are.
    this.agentsLeaving.emit(serverId);
    this.entries.delete(serverId);
    this.parents.delete(entry.identity.instance);
    this.agents.remove(serverId);
    this.removed.emit(serverId);
    // Tells of the change, too.
    entry[Symbol.dispose]();
    this.agentsChanged.emit(serverId);
  }

  /** Its agents have ended with it, and it stays in the table. */
  removeAgents(serverId: string): void {
    this.agentsLeaving.emit(serverId);
    this.agents.remove(serverId);
    this.agentsChanged.emit(serverId);
  }

  /** To be called when the entry has been attached to a link. */
  noteAttached(entry: ServerEntry): void {
    const { instance, parentInstance } = entry.identity;
    if (parentInstance !== undefined) this.parents.set(instance, parentInstance);
    this.attached.emit(entry);
  }

  /** What a link of the entry tells; only the link that the entry has at the time is listened to. */
  eventsOf(entry: ServerEntry, link: () => ServerLink): LinkEvents {
    const { serverId } = entry;
    const ifCurrent =
      <T>(tell: (value: T) => void) =>
      (value: T) => {
        if (entry.isLink(link())) tell(value);
      };
    return {
      agents: ifCurrent((changes) => {
        if (changes.all === true || changes.deleted.length > 0) this.agentsLeaving.emit(serverId);
        const count = this.agents.take(serverId, changes);
        if (count > 0) this.agentsMade.emit({ serverId, count });
        this.agentsChanged.emit(serverId);
        this.changed.emit(serverId);
      }),
      sample: ifCurrent((sample) => entry.take(sample)),
      classes: ifCurrent((classes) => entry.tellClasses(classes)),
      memory: ifCurrent((change) => this.memoryChanged.emit({ serverId, ...change })),
      // Who starts it again decides by its exit.
      ending: () => {
        if (entry.isLink(link()) && entry.kind !== "managed") entry.expectStop(true);
      },
      problem: (text) => this.options.log.write("warning", serverId, text),
      ended: (why) => entry.linkEnded(link(), why),
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.sweeping);
    for (const entry of this.entries.values()) entry[Symbol.dispose]();
  }

  /** Takes away what is gone and will not come back, when people have had the time to see it. */
  private sweep(): void {
    for (const entry of [...this.entries.values()]) {
      const isRunOver = entry.runId === undefined || this.options.runEndedAt(entry.runId) !== undefined;
      if (entry.kind === "child") settleChild(entry, isRunOver);
      if (Date.now() - entry.shown.sinceMs > keptMs(entry, isRunOver)) this.remove(entry.serverId);
    }
  }
}
