/** Text between the one who makes it and the one who reads it; what was not read yet is kept. */
export class TextQueue {
  private readonly pieces: string[] = [];
  private ending: { failure?: { thrown: unknown } } | undefined;
  private wake: (() => void) | undefined;

  push(piece: string): void {
    this.pieces.push(piece);
    this.wake?.();
  }

  end(): void {
    this.ending = {};
    this.wake?.();
  }

  fail(thrown: unknown): void {
    this.ending = { failure: { thrown } };
    this.wake?.();
  }

  /** The pieces, in their order; once they are all read, throws what the text failed with. */
  async *read(): AsyncGenerator<string, void, undefined> {
    for (;;) {
      const piece = this.pieces.shift();
      if (piece !== undefined) {
        yield piece;
      } else if (this.ending !== undefined) {
        if (this.ending.failure !== undefined) throw this.ending.failure.thrown;
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
    }
  }
}
