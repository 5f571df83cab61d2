import type { Figure } from "./figure.js";

/** What the process of one bench tells the process that started it. */
export type BenchReport =
  | { readonly kind: "progress"; readonly text: string }
  /** A process that has to be gone when the bench is. */
  | { readonly kind: "started"; readonly pid: number }
  | { readonly kind: "figures"; readonly figures: readonly Figure[] }
  | { readonly kind: "failed"; readonly reason: string };

/** Without a starting process, as when a bench is run by hand, nobody is told. */
export function report(what: BenchReport): Promise<void> {
  return new Promise((resolve) => {
    if (process.send) process.send(what, () => resolve());
    else resolve();
  });
}
