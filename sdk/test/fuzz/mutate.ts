/** Random numbers that a seed makes again (mulberry32). */
export class Random {
  constructor(private state: number) {}

  /** A whole number from 0, below `end`. */
  below(end: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end);
  }

  of<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }
}

/** Numbers at which programs go wrong. */
const interesting = [0, 1, 0x7f, 0x80, 0xc1, 0xd4, 0xdd, 0xdf, 0xfe, 0xff];
/** Texts at which programs go wrong. */
const phrases = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "\u0000",
  "\r\n\r\n",
  "Content-Length: 99999999999999\r\n\r\n",
  "../../../../etc/passwd",
  "%2e%2e%2f",
  '{"__proto__":{"polluted":true}}',
  "[".repeat(300),
  "1e999",
  "-0",
  "9007199254740993",
  "NaN",
  "\ud800",
].map((phrase) => Buffer.from(phrase));

type Mutation = (bytes: Buffer, random: Random, seeds: readonly Buffer[]) => Buffer;

const mutations: readonly Mutation[] = [
  // One bit.
  (bytes, random) => {
    if (bytes.length > 0) bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
    return bytes;
  },
  // One byte.
  (bytes, random) => {
    if (bytes.length > 0) bytes[random.below(bytes.length)] = random.of(interesting);
    return bytes;
  },
  // Cut off.
  (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  // A part left out.
  (bytes, random) => {
    const from = random.below(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + random.below(8))]);
  },
  // A part twice.
  (bytes, random) => {
    const from = random.below(bytes.length + 1);
    const to = from + random.below(bytes.length - from + 1);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  },
  // Something put in.
  (bytes, random) => {
    const at = random.below(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), random.of(phrases), bytes.subarray(at)]);
  },
  // The beginning of one and the end of another.
  (bytes, random, seeds) => {
    const other = random.of(seeds);
    return Buffer.concat([
      bytes.subarray(0, random.below(bytes.length + 1)),
      other.subarray(random.below(other.length + 1)),
    ]);
  },
];

/** One of the seeds with up to eight mutations; now and then bytes without any form. */
export function mutant(seeds: readonly Buffer[], random: Random): Buffer {
  if (random.below(50) === 0) return Buffer.from(Array.from({ length: random.below(64) }, () => random.below(256)));
  let bytes = Buffer.from(random.of(seeds));
  const rounds = 1 + random.below(8);
  for (let round = 0; round < rounds; round++) bytes = Buffer.from(random.of(mutations)(bytes, random, seeds));
  return bytes.subarray(0, 100_000);
}
