import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { TransformFailure, TransformOptions, TransformResult } from "esbuild";
import { closeEsbuild, esbuildVersion, openEsbuild } from "./esbuildProcess.js";
import { readCompiled, writeCompiled } from "./compiledFiles.js";
import { tsconfigOf } from "./tsconfig.js";
import { formatOf, type ModuleFormat } from "./typescriptFile.js";

/** A TypeScript module as JavaScript. */
export interface CompiledModule {
  format: ModuleFormat;
  /** With an inline source map. */
  code: string;
}

interface Job {
  path: string;
  source: string;
  format: ModuleFormat;
  options: TransformOptions;
  key: string;
}

/** Compiled and not imported yet. */
const ready = new Map<string, CompiledModule>();

/** Compiles a file ahead of its import, which takes it from here; in the background of this thread. */
export async function compileAhead(path: string): Promise<CompiledModule> {
  const known = ready.get(path);
  if (known) return known;
  const job = jobOf(path);
  const code = readCompiled(job.key) ?? keep(job, await transformed(job));
  const compiled = { format: job.format, code };
  ready.set(path, compiled);
  return compiled;
}

/**
 * Compiles a file for a hook that has to answer at once. A file that neither {@link compileAhead} nor the cache knows costs
 * 60 ms the first time (esbuild starts a thread and a process), 3 ms afterwards.
 *
 * @param format Asked for instead of the file's own: `require` of an ES module, where Node can't do that by itself.
 */
export function compileNow(path: string, format?: ModuleFormat): CompiledModule {
  const known = ready.get(path);
  if (known && (format ?? known.format) === known.format) {
    ready.delete(path);
    return known;
  }
  const job = jobOf(path, format);
  return { format: job.format, code: readCompiled(job.key) ?? keep(job, transformedNow(job)) };
}

/** For a thread that imports nothing from {@link compileAhead}: another thread reads the cache on disk. */
export function forgetCompiled(): void {
  ready.clear();
}

function jobOf(path: string, wanted?: ModuleFormat): Job {
  const source = readFileSync(path, "utf8");
  const format = wanted ?? formatOf(path, source);
  const options: TransformOptions = {
    loader: path.endsWith(".tsx") ? "tsx" : "ts",
    format: format === "module" ? "esm" : "cjs",
    platform: "node",
    target: `node${process.versions.node}`,
    sourcemap: "inline",
    sourcesContent: false,
    // Relative to the module's URL: right on every platform.
    sourcefile: basename(path),
    tsconfigRaw: { compilerOptions: tsconfigOf(path)?.compilerOptions ?? {} },
    logLevel: "silent",
  };
  const key = createHash("sha256")
    .update(JSON.stringify([esbuildVersion(), options, source]))
    .digest("hex");
  return { path, source, format, options, key };
}

function keep(job: Job, { code }: TransformResult): string {
  writeCompiled(job.key, code);
  return code;
}

async function transformed({ path, source, options }: Job): Promise<TransformResult> {
  const esbuild = openEsbuild();
  try {
    const result = await esbuild.transform(source, options);
    return renamesClasses(result) ? await esbuild.transform(source, { ...options, keepNames: true }) : result;
  } catch (error) {
    throw compileError(path, error);
  } finally {
    closeEsbuild();
  }
}

function transformedNow({ path, source, options }: Job): TransformResult {
  const esbuild = openEsbuild();
  try {
    const result = esbuild.transformSync(source, options);
    return renamesClasses(result) ? esbuild.transformSync(source, { ...options, keepNames: true }) : result;
  } catch (error) {
    throw compileError(path, error);
  } finally {
    closeEsbuild(100);
  }
}

/**
 * A class with decorators that refers to itself is called `_A` inside. `keepNames` gives it its name back, but makes every
 * closure of the file cost 0.3 µs more each time it is made: so only where it is needed.
 */
function renamesClasses({ code }: TransformResult): boolean {
  return /\b(_[\w$]+) = class \1\b/.test(code);
}

/** Like the engine's own SyntaxError: the place stands in front of the stack. */
function compileError(path: string, error: unknown): unknown {
  const [first] = (error as Partial<TransformFailure>).errors ?? [];
  if (!first) return error;
  const syntaxError = new SyntaxError(first.text);
  const { line, column, lineText } = first.location ?? { line: 1, column: 0, lineText: "" };
  syntaxError.stack = `${path}:${line}\n${lineText}\n${" ".repeat(column)}^\n\nSyntaxError: ${first.text}`;
  return syntaxError;
}
