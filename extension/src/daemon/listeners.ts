/** Who is told of something; each is added once and gets back what removes it. */
export class Listeners<T> {
  private readonly all = new Set<(value: T) => void>();

  readonly on = (listener: (value: T) => void): (() => void) => {
    // A function of its own for each: the same one may listen twice.
    const own = (value: T) => listener(value);
    this.all.add(own);
    return () => void this.all.delete(own);
  };

  tell(value: T): void {
    for (const listener of [...this.all]) listener(value);
  }

  get size(): number {
    return this.all.size;
  }
}
