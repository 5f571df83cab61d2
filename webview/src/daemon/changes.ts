/** Who is told that something has changed; each is added once and gets back what removes it. */
export class Changes {
  private readonly listeners = new Set<() => void>();

  readonly on = (listener: () => void): (() => void) => {
    const own = () => listener();
    this.listeners.add(own);
    return () => void this.listeners.delete(own);
  };

  tell(): void {
    for (const listener of [...this.listeners]) listener();
  }
}
