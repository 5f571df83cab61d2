import type { AgentBrief, AgentChanges } from "agentscope-distributed/studio";

/** An agent in memory; class and maker are strings that many agents share. */
export interface AgentEntry {
  readonly agentId: string;
  readonly name: string;
  /** The name in small letters: filters ask for it of 200,000 agents at a time. */
  readonly foldedName: string;
  readonly className: string;
  /** Instance of the process that made it. */
  readonly maker: string;
}

/**
 * The agents of one server: those that live there, and those that were lost with a process of it.
 *
 * Two maps in the order of making, and a small object for each agent: a table of 200,000 takes some 50 MB, most of it ids and names.
 */
export class AgentTable {
  private readonly living = new Map<string, AgentEntry>();
  private readonly gone = new Map<string, AgentEntry>();
  /** How many of the living each maker has made. */
  private readonly ofMakers = new Map<string, number>();
  /** One string for each class and maker, however often it came by the wire. */
  private readonly shared = new Map<string, string>();

  get size(): number {
    return this.living.size;
  }

  get lostSize(): number {
    return this.gone.size;
  }

  /** @returns how many agents came that were not there before. */
  take({ all, made, deleted }: AgentChanges): number {
    if (all === true) this.clearLiving();
    const before = this.living.size;
    for (const brief of made) this.add(brief);
    const added = this.living.size - before;
    for (const agentId of deleted) this.delete(agentId);
    if (this.living.size === 0 && this.gone.size === 0) this.shared.clear();
    return added;
  }

  /** The process of the server is gone: its agents stay in the lists as lost ones. */
  lose(): void {
    for (const [agentId, entry] of this.living) this.gone.set(agentId, entry);
    this.clearLiving();
  }

  /** Drops the lost ones that were made first. @returns how many. */
  dropLost(count: number): number {
    let dropped = 0;
    for (const agentId of this.gone.keys()) {
      if (dropped >= count) break;
      this.gone.delete(agentId);
      dropped += 1;
    }
    return dropped;
  }

  /** @returns whether a lost agent had the id. */
  forgetLost(agentId: string): boolean {
    return this.gone.delete(agentId);
  }

  clear(): void {
    this.clearLiving();
    this.gone.clear();
    this.shared.clear();
  }

  /** How many live that each maker has made, by its instance. */
  get countByMaker(): ReadonlyMap<string, number> {
    return this.ofMakers;
  }

  find(agentId: string): { entry: AgentEntry; lost: boolean } | undefined {
    const alive = this.living.get(agentId);
    if (alive !== undefined) return { entry: alive, lost: false };
    const lost = this.gone.get(agentId);
    return lost && { entry: lost, lost: true };
  }

  /** The living first, then the lost. */
  parts(): { entries: ReadonlyMap<string, AgentEntry>; lost: boolean }[] {
    return [
      { entries: this.living, lost: false },
      { entries: this.gone, lost: true },
    ];
  }

  private add([agentId, name, className, maker]: AgentBrief): void {
    this.gone.delete(agentId);
    const known = this.living.get(agentId);
    if (known !== undefined) this.count(known.maker, -1);
    this.living.set(agentId, {
      agentId,
      name,
      foldedName: name.toLowerCase(),
      className: this.share(className),
      maker: this.share(maker),
    });
    this.count(maker, 1);
  }

  private delete(agentId: string): void {
    const known = this.living.get(agentId);
    if (known === undefined) return;
    this.living.delete(agentId);
    this.count(known.maker, -1);
  }

  private clearLiving(): void {
    this.living.clear();
    this.ofMakers.clear();
  }

  private count(maker: string, more: number): void {
    const count = (this.ofMakers.get(maker) ?? 0) + more;
    if (count > 0) this.ofMakers.set(maker, count);
    else this.ofMakers.delete(maker);
  }

  private share(text: string): string {
    const known = this.shared.get(text);
    if (known !== undefined) return known;
    this.shared.set(text, text);
    return text;
  }
}
