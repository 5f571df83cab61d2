/** Adds a listener; gives what removes it. */
export type Subscribe<T> = (listener: (value: T) => void) => () => void;

/** Tells all listeners, in the order in which they were added. A listener must not throw. */
export class Emitter<T> {
  private readonly listeners = new Set<{ hear: (value: T) => void }>();

  readonly on: Subscribe<T> = (hear) => {
    // An object of its own: the same function can be added twice, and each is removed by what it was given.
    const listener = { hear };
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  /** Those that are added while it tells are not told; those that are removed before their turn are not either. */
  emit(value: T): void {
    for (const listener of [...this.listeners]) if (this.listeners.has(listener)) listener.hear(value);
  }

  /** So that what is made for listeners alone need not be made without any. */
  get isHeard(): boolean {
    return this.listeners.size > 0;
  }
}
