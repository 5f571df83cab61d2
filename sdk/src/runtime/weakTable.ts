interface Entry<Value extends object> {
  key: string;
  ref: WeakRef<Value>;
  collected: (() => void) | undefined;
}

/** Objects by name, each for as long as something else refers to it. */
export class WeakTable<Value extends object> {
  private readonly refs = new Map<string, WeakRef<Value>>();
  private readonly registry = new FinalizationRegistry<Entry<Value>>(({ key, ref, collected }) => {
    if (this.refs.get(key) === ref) this.refs.delete(key);
    collected?.();
  });

  /** How many there are, and were a moment ago. */
  get size(): number {
    return this.refs.size;
  }

  get(key: string): Value | undefined {
    return this.refs.get(key)?.deref();
  }

  /** @param collected is called when nothing refers to the object any more; must not refer to it itself. */
  set(key: string, value: Value, collected?: () => void): void {
    const ref = new WeakRef(value);
    this.refs.set(key, ref);
    this.registry.register(value, { key, ref, collected });
  }

  delete(key: string): void {
    this.refs.delete(key);
  }
}
