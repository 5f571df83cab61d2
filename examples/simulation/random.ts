/** A number from 0 to 1 that looks like chance and is the same for the same numbers: a run that continues plays the same game. */
export function chance(player: number, round: number): number {
  let bits = (Math.imul(player + 1, 0x9e3779b1) ^ Math.imul(round + 1, 0x85ebca6b)) >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
}
