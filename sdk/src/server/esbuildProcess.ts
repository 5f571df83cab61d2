import { createRequire } from "node:module";
import type * as esbuild from "esbuild";

type Esbuild = typeof esbuild;

const require = createRequire(import.meta.url);
let users = 0;
let idle: NodeJS.Timeout | undefined;

/** esbuild, loaded when first needed; `closeEsbuild` belongs to each call. */
export function openEsbuild(): Esbuild {
  const loaded = require("esbuild") as Esbuild;
  users += 1;
  clearTimeout(idle);
  return loaded;
}

/**
 * Ends esbuild's process after its last use. Soon: the process outlives a worker thread that is terminated meanwhile, as long as
 * the server lives.
 *
 * @param lingerMs How long it waits for another use; 0 still serves one that follows in the same turn.
 */
export function closeEsbuild(lingerMs = 0): void {
  users -= 1;
  if (users > 0) return;
  idle = setTimeout(() => void (require("esbuild") as Esbuild).stop(), lingerMs);
  idle.unref();
}

/** Part of what compiled code depends on. */
export function esbuildVersion(): string {
  return (require("esbuild/package.json") as { version: string }).version;
}
