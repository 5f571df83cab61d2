import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { mutant, Random } from "./mutate.js";
import { type Target, targets } from "./targets.js";

// What others send is read, or refused with an error that says why: nothing else is thrown, nothing takes a second, nothing is left in
// prototypes or in memory.
//
//   FUZZ_INPUTS=10000000 FUZZ_SEED=7 npm run test:fuzz      as many inputs in all; without: a short form

const inputs = Number(process.env["FUZZ_INPUTS"] ?? 120_000);
const seed = Number(process.env["FUZZ_SEED"] ?? Date.now() % 2 ** 31);
/** An input that was once read wrongly stays here, in a folder for each reader. */
const corpus = fileURLToPath(new URL("corpus/", import.meta.url));
const longestMs = 1000;

const folderOf = ({ name }: Target) => join(corpus, name.replaceAll(/\W+/g, "-"));

function keptInputs(target: Target): Buffer[] {
  try {
    return readdirSync(folderOf(target)).map((file) => readFileSync(join(folderOf(target), file)));
  } catch {
    return [];
  }
}

/** What is wrong with how an input was read; undefined when all is well. */
function fault(target: Target, bytes: Buffer): string | undefined {
  const begin = performance.now();
  try {
    target.read(bytes);
  } catch (error) {
    if (!target.mayThrow(error))
      return `threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
  const tookMs = performance.now() - begin;
  if (tookMs > longestMs) return `took ${Math.round(tookMs)} ms`;
  return "polluted" in {} ? "left a property in every object" : undefined;
}

/** Tries it once more before it is called slow: the machine may have been busy with something else. */
function lastingFault(target: Target, bytes: Buffer): string | undefined {
  const first = fault(target, bytes);
  return first?.startsWith("took") === true ? fault(target, bytes) : first;
}

describe.each(targets)("$name", { timeout: 3_600_000 }, (target) => {
  test("are read, where they are what they should be", () => {
    for (const bytes of target.seeds) expect(() => target.read(bytes)).not.toThrow();
  });

  test(`whatever they are: read or refused (seed ${seed})`, () => {
    const prototypes = [Object.prototype, Array.prototype, Function.prototype];
    const before = prototypes.map((prototype) => Reflect.ownKeys(prototype));
    const random = new Random(seed);
    const kept = keptInputs(target);
    const seeds = [...target.seeds, ...kept];
    for (const bytes of kept) expect(lastingFault(target, bytes)).toBeUndefined();
    for (let index = 0; index < inputs / targets.length; index++) {
      const bytes = mutant(seeds, random);
      const wrong = lastingFault(target, bytes);
      if (wrong === undefined) continue;
      mkdirSync(folderOf(target), { recursive: true });
      writeFileSync(join(folderOf(target), `${seed}-${index}`), bytes);
      expect.fail(`input ${index} of seed ${seed}, ${bytes.length} bytes, kept in test/fuzz/corpus: ${wrong}`);
    }
    expect(prototypes.map((prototype) => Reflect.ownKeys(prototype))).toEqual(before);
  });

  test("nothing of them is left in memory", () => {
    const random = new Random(seed + 1);
    const heapBytes = (count: number) => {
      for (let index = 0; index < count; index++) fault(target, mutant(target.seeds, random));
      globalThis.gc?.();
      return process.memoryUsage().heapUsed;
    };
    const first = heapBytes(5000);
    expect(heapBytes(10_000) - first).toBeLessThan(8 * 2 ** 20);
  });
});
