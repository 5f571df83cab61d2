import { Emitter } from "../emitter.js";

/** How far up the processes that started one another are looked for. */
const deepest = 16;

/** Which run a process belongs to: the script's own, and the child servers that it started, by their instances. */
export class RunInstances {
  /** A process became known: what was told of it before can be placed. */
  readonly added = new Emitter<string>();
  private readonly runs = new Map<string, string>();
  private readonly parents = new Map<string, string>();

  addScript(instance: string, runId: string): void {
    if (this.runs.get(instance) === runId) return;
    this.runs.set(instance, runId);
    this.added.emit(instance);
  }

  /** A child may be told of before its parent. */
  addChild(instance: string, parent: string): void {
    if (this.parents.get(instance) === parent) return;
    this.parents.set(instance, parent);
    this.added.emit(instance);
  }

  /** With all that its processes started. */
  removeRun(runId: string): void {
    const gone = new Set([...this.runs].flatMap(([instance, of]) => (of === runId ? [instance] : [])));
    // A set that grows while it is gone through: so each process below is found.
    for (const above of gone) for (const [child, parent] of this.parents) if (parent === above) gone.add(child);
    for (const instance of gone) {
      this.runs.delete(instance);
      this.parents.delete(instance);
    }
  }

  runOf(instance: string): string | undefined {
    let at: string | undefined = instance;
    for (let depth = 0; at !== undefined && depth < deepest; depth += 1) {
      const runId = this.runs.get(at);
      if (runId !== undefined) return runId;
      at = this.parents.get(at);
    }
    return undefined;
  }

  /** Whether it is the process of a script itself. */
  isScript(instance: string): boolean {
    return this.runs.has(instance);
  }
}
