/** The value below which the share `q` (0 to 1) of the values lies, interpolated between neighbours. */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) throw new RangeError("quantile of no values");
  if (!(q >= 0 && q <= 1)) throw new RangeError(`quantile wants a share between 0 and 1, not ${q}`);
  const sorted = Float64Array.from(values).sort();
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const low = at(sorted, below);
  const high = at(sorted, Math.ceil(position));
  return low + (high - low) * (position - below);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** `values[i] / yardsticks[i]`: each round is compared with the yardstick that was measured beside it. */
export function pairedRatios(values: readonly number[], yardsticks: readonly number[]): number[] {
  if (values.length !== yardsticks.length) {
    throw new RangeError(`${values.length} rounds cannot be paired with ${yardsticks.length} of the yardstick`);
  }
  return values.map((value, round) => value / at(yardsticks, round));
}

/** Smallest and largest value: what a reader needs to see whether a difference is more than noise. */
export function spread(values: readonly number[]): [min: number, max: number] {
  if (values.length === 0) throw new RangeError("spread of no values");
  return [Math.min(...values), Math.max(...values)];
}

function at(values: ArrayLike<number>, index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError(`no value at ${index}`);
  return value;
}
