/** A large value on its way, in the pieces in which its bytes are there: none is copied to stand beside the others. */
export class OutgoingBlob {
  readonly sizeBytes: number;
  /** How much of it has been cut in chunks. */
  offset = 0;

  constructor(
    /** Names it on its channel. */
    readonly number: number,
    private readonly pieces: readonly Uint8Array[],
  ) {
    this.sizeBytes = pieces.reduce((sum, { length }) => sum + length, 0);
  }

  /** Writes its bytes from one place up to another into a buffer. */
  copyTo(target: Uint8Array, { at, from, end }: { at: number; from: number; end: number }): void {
    let begin = 0;
    for (const piece of this.pieces) {
      const part = piece.subarray(Math.max(from - begin, 0), Math.max(end - begin, 0));
      if (part.length > 0) target.set(part, at + Math.max(begin - from, 0));
      begin += piece.length;
    }
  }
}
