/** A little more than the 200 ms below. */
const leastPauseMs = 210;

/**
 * Tells an editor's tree which of its rows have changed: at once, and then not before it is ready to look again.
 *
 * VS Code looks at the first change at once, and at those after it when there was none for 200 ms: rows of which one changes ten times a
 * second would never be drawn anew.
 */
export class TreeChanges<Node> {
  /** Undefined: nothing has changed since it was told. */
  private changed: Set<Node> | "all" | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isDue = false;

  /** @param tell is given the rows that have changed; undefined: all. */
  constructor(
    private readonly tell: (nodes: Node[] | undefined) => void,
    private readonly pauseMs = leastPauseMs,
  ) {}

  /** @param node undefined: look at everything again */
  add(node: Node | undefined): void {
    if (node === undefined || this.changed === "all") this.changed = "all";
    else this.changed = (this.changed ?? new Set<Node>()).add(node);
    if (this.timer !== undefined || this.isDue) return;
    // With what else changes by the same event.
    this.isDue = true;
    queueMicrotask(() => this.flush());
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.changed = undefined;
  }

  private flush(): void {
    this.timer = undefined;
    this.isDue = false;
    const { changed } = this;
    if (changed === undefined) return;
    this.changed = undefined;
    this.timer = setTimeout(() => this.flush(), this.pauseMs);
    this.tell(changed === "all" ? undefined : [...changed]);
  }
}
