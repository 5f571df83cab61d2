/** A value that is too large to stand in a frame among others. */
export class LargeValue {
  constructor(
    readonly value: unknown,
    readonly sizeBytes: number,
  ) {}
}

/** The value itself, also where it is wrapped as large. */
export function unwrapLarge(value: unknown): unknown {
  return value instanceof LargeValue ? value.value : value;
}
