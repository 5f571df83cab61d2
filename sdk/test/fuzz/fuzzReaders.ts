import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { mutant, Random } from "./mutate.js";

// What others send is read, or refused with an error that says why: nothing else is thrown, nothing takes a second, nothing is left in
// prototypes or in memory.
//
//   FUZZ_INPUTS=1000000 FUZZ_SEED=7 npm run test:fuzz      as many inputs of each reader; without: a short form

/** Something that reads what others send. */
export interface Reader {
  name: string;
  /** What it can read. */
  seeds: readonly Buffer[];
  read(bytes: Buffer): unknown;
  /** Whether it may throw this: an error that says what is wrong with the input. */
  mayThrow(error: unknown): boolean;
}

/** Of each reader. */
const inputs = Number(process.env["FUZZ_INPUTS"] ?? 10_000);
const seed = Number(process.env["FUZZ_SEED"] ?? Date.now() % 2 ** 31);
const longestMs = 1000;
/** What is read may go on in later turns of the event loop. */
const inputsOfATurn = 200;

function keptInputs(folder: string): Buffer[] {
  try {
    return readdirSync(folder).map((file) => readFileSync(join(folder, file)));
  } catch {
    return [];
  }
}

/** What is wrong with how an input was read; undefined when all is well. */
function fault(reader: Reader, bytes: Buffer): string | undefined {
  const begin = performance.now();
  try {
    reader.read(bytes);
  } catch (error) {
    if (!reader.mayThrow(error))
      return `threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
  const tookMs = performance.now() - begin;
  if (tookMs > longestMs) return `took ${Math.round(tookMs)} ms`;
  return "polluted" in {} ? "left a property in every object" : undefined;
}

/** Tries it once more before it is called slow: the machine may have been busy with something else. */
function lastingFault(reader: Reader, bytes: Buffer): string | undefined {
  const first = fault(reader, bytes);
  return first?.startsWith("took") === true ? fault(reader, bytes) : first;
}

/**
 * The tests of readers.
 *
 * @param corpus where an input that was once read wrongly stays, in a folder for each reader
 */
export function fuzzReaders(readers: readonly Reader[], corpus: string): void {
  describe.each(readers)("$name", { timeout: 3_600_000 }, (reader) => {
    const folder = join(corpus, reader.name.replaceAll(/\W+/g, "-"));

    test("are read, where they are what they should be", () => {
      for (const bytes of reader.seeds) expect(() => reader.read(bytes)).not.toThrow();
    });

    test(`whatever they are: read or refused (seed ${seed})`, async () => {
      const prototypes = [Object.prototype, Array.prototype, Function.prototype];
      const before = prototypes.map((prototype) => Reflect.ownKeys(prototype));
      const random = new Random(seed);
      const kept = keptInputs(folder);
      const seeds = [...reader.seeds, ...kept];
      for (const bytes of kept) expect(lastingFault(reader, bytes)).toBeUndefined();
      for (let index = 0; index < inputs; index++) {
        if (index % inputsOfATurn === 0) await nextTurn();
        const bytes = mutant(seeds, random);
        const wrong = lastingFault(reader, bytes);
        if (wrong === undefined) continue;
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, `${seed}-${index}`), bytes);
        expect.fail(`input ${index} of seed ${seed}, ${bytes.length} bytes, kept in ${folder}: ${wrong}`);
      }
      expect(prototypes.map((prototype) => Reflect.ownKeys(prototype))).toEqual(before);
    });

    test("nothing of them is left in memory", async () => {
      const random = new Random(seed + 1);
      const readMany = async (count: number) => {
        for (let index = 0; index < count; index++) {
          if (index % inputsOfATurn === 0) await nextTurn();
          fault(reader, mutant(reader.seeds, random));
        }
        await nextTurn();
      };
      await readMany(5000);
      const before = heapBytes();
      await readMany(10_000);
      // Of a caller that is gone something may be kept for a minute: it may be back.
      await expect.poll(heapBytes, { timeout: 120_000, interval: 1000 }).toBeLessThan(before + 8 * 2 ** 20);
    });
  });
}

/** Of what is reachable. */
function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
