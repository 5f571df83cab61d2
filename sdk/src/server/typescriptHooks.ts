import { fileURLToPath } from "node:url";
import { type CompiledModule, compileNow } from "./typescriptCompile.js";
import { isTypeScriptFile, resolveTypeScript, withoutQuery } from "./typescriptFile.js";

/**
 * Node's module hooks for TypeScript. This file is loaded in the thread itself, for `module.registerHooks`, or as a module of
 * Node's hooks thread, for `module.register`; the functions are synchronous and serve both.
 *
 * A CommonJS module that an ES module imports becomes a small ES module that requires it: what Node does with CommonJS source
 * that a hook returns to `import` differs from version to version (extensionless `require`, a second copy of a module).
 */
interface ResolveContext {
  parentURL?: string | undefined;
}

interface ResolveResult {
  url: string;
  format?: string | null | undefined;
  shortCircuit?: boolean;
}

interface LoadContext {
  /** A Set on Node 22.15, an array elsewhere. */
  conditions?: Iterable<string> | undefined;
  format?: string | null | undefined;
  importAttributes?: Record<string, string> | undefined;
}

interface LoadResult {
  format: string;
  source?: string;
  shortCircuit?: boolean;
}

/** Returns what `next` returns: a result, or the promise of one in the hooks thread. */
export function resolve<Result>(
  specifier: string,
  context: ResolveContext,
  next: (specifier: string, context: ResolveContext) => Result,
): Result | ResolveResult {
  const url = resolveTypeScript(specifier, context.parentURL);
  if (url === undefined) return next(specifier, context);
  return isTypeScriptFile(url) ? { url, shortCircuit: true } : next(url, context);
}

/** Returns what `next` returns: a result, or the promise of one in the hooks thread. */
export function load<Result>(
  url: string,
  context: LoadContext,
  next: (url: string, context: LoadContext) => Result,
): Result | LoadResult {
  if (url.startsWith("file:") && isTypeScriptFile(url))
    return loadTypeScript(fileURLToPath(withoutQuery(url)), context);
  // TypeScript's resolveJsonModule asks for no attribute.
  if (url.endsWith(".json") && !isRequire(context)) {
    return next(url, { ...context, importAttributes: { type: "json", ...context.importAttributes } });
  }
  return next(url, context);
}

function loadTypeScript(path: string, context: LoadContext): LoadResult {
  const { format, code } = compileNow(path);
  if (format === "module" || isRequire(context)) return { format, source: code, shortCircuit: true };
  return { format: "module", source: importCommonJs(path, code), shortCircuit: true };
}

function isRequire({ conditions = [] }: LoadContext): boolean {
  const all = [...conditions];
  return all.includes("require") && !all.includes("import");
}

function importCommonJs(path: string, code: CompiledModule["code"]): string {
  const { names, reexports } = commonJsExports(code);
  return [
    'import { createRequire } from "node:module";',
    `const exported = createRequire(import.meta.url)(${JSON.stringify(path)});`,
    "export default exported;",
    ...names.map((name, index) => `const export${index} = exported.${name}; export { export${index} as ${name} };`),
    ...reexports.map((specifier) => `export * from ${specifier};`),
  ].join("\n");
}

/** What esbuild notes at the end of a CommonJS module for those who import it. */
function commonJsExports(code: string): { names: string[]; reexports: string[] } {
  const [, list = ""] = /^0 && \(module\.exports = \{([^}]*)\}\);$/m.exec(code) ?? [];
  const entries = list.split(",").map((entry) => entry.trim());
  return {
    names: entries.filter((entry) => /^[\w$]+$/.test(entry) && entry !== "default"),
    reexports: entries.flatMap((entry) => /^\.\.\.require\((.+)\)$/.exec(entry)?.[1] ?? []),
  };
}
