/** Opens for all who have arrived when so many have. */
export class Gate {
  private missing: number;
  private open = (): void => {};
  private readonly opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });

  constructor(count: number) {
    this.missing = count;
  }

  arrive(): Promise<void> {
    if (--this.missing === 0) this.open();
    return this.opened;
  }
}
