/** A queue whose `shift` costs the same however long it is (an array's moves all items once it is large). */
export class Fifo<T> {
  private items: (T | undefined)[] = [];
  private first = 0;

  get length(): number {
    return this.items.length - this.first;
  }

  push(item: T): void {
    // A list that grows by `push` from nothing takes room for 17 items; most queues have one.
    if (this.items.length === 0) this.items = [item];
    else this.items.push(item);
  }

  peek(): T | undefined {
    return this.items[this.first];
  }

  shift(): T | undefined {
    if (this.first === this.items.length) return undefined;
    const item = this.items[this.first];
    this.items[this.first++] = undefined;
    if (this.first === this.items.length) {
      this.items = [];
      this.first = 0;
    } else if (this.first > 1024 && this.first * 2 > this.items.length) {
      this.items = this.items.slice(this.first);
      this.first = 0;
    }
    return item;
  }

  /** Takes out one item, wherever it stands; false when it is not there. */
  remove(item: T): boolean {
    const index = this.items.indexOf(item, this.first);
    if (index < 0) return false;
    this.items.splice(index, 1);
    return true;
  }

  toArray(): T[] {
    return this.items.slice(this.first) as T[];
  }
}
