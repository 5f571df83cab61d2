import Module, { register } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { compileAhead, compileNow, forgetCompiled } from "./typescriptCompile.js";
import { isTypeScriptFile, resolveTypeScript, withoutQuery } from "./typescriptFile.js";
import * as hooks from "./typescriptHooks.js";

let enabled = false;

/**
 * Makes this thread able to import TypeScript: standard decorators (or `experimentalDecorators`, if the tsconfig says so),
 * ES modules and CommonJS, imports as TypeScript users write them. Compiles the given modules and what they import.
 *
 * Every module, compiled or not, keeps its URL and is evaluated once, by Node's own loaders: a class of a package that
 * JavaScript and TypeScript import is the same class in both.
 *
 * On Node 22.22.3, 24.11.1 and newer this costs 5 to 15 ms, or 30 ms for files that were never compiled before; on older ones
 * Node has to start a thread for module hooks, 40 ms more.
 */
export async function enableTypeScript(urls: readonly string[]): Promise<void> {
  const seen = new Set<string>();
  const compiled = Promise.all(urls.map((url) => compileWithImports(fileURLToPath(withoutQuery(url)), seen)));
  if (!enabled) {
    enabled = true;
    process.setSourceMapsEnabled(true);
    registerHooks();
  }
  await compiled;
  if (!hasSoundHooks()) forgetCompiled();
}

interface HookRegistration {
  registerHooks?: (functions: Pick<typeof hooks, "resolve" | "load">) => void;
}

/**
 * `module.registerHooks` is older, but before these versions a CommonJS module that was imported while hooks are there could
 * not `require` an ES module (the SDK, for one).
 */
const soundHooksSince = [
  [22, 22, 3],
  [24, 11, 1],
  [25, 1, 0],
] as const;

function hasSoundHooks(): boolean {
  const [major = 0, minor = 0, patch = 0] = process.versions.node.split(".").map(Number);
  const since = soundHooksSince.find(([each]) => each === major);
  return since ? minor > since[1] || (minor === since[1] && patch >= since[2]) : major > 25;
}

function registerHooks(): void {
  const { registerHooks: registerInThread } = Module as HookRegistration;
  if (registerInThread && hasSoundHooks()) {
    registerInThread({ resolve: hooks.resolve, load: hooks.load });
    return;
  }
  register("./typescriptHooks.js", import.meta.url);
  registerRequire();
}

interface ModuleInternals {
  _resolveFilename: (
    this: unknown,
    ...given: [request: string, parent?: { filename?: string | null }, ...rest: unknown[]]
  ) => string;
  _extensions: Record<string, (module: { _compile(code: string, filename: string): void }, filename: string) => void>;
}

/** `require` before `module.registerHooks`: the two functions that every such loader replaces. */
function registerRequire(): void {
  const internals = Module as unknown as ModuleInternals;
  const resolveFilename = internals._resolveFilename;
  internals._resolveFilename = function resolveOrStandIn(...given) {
    const [request, parent] = given;
    const url = resolveTypeScript(request, parent?.filename ? pathToFileURL(parent.filename).href : undefined);
    return url === undefined ? resolveFilename.apply(this, given) : fileURLToPath(url);
  };
  for (const ending of [".ts", ".tsx", ".cts", ".mts"]) {
    internals._extensions[ending] = (module, filename) => {
      module._compile(compileNow(filename, "commonjs").code, filename);
    };
  }
}

/** esbuild compiles many files at once in the background; a hook could only ask for one after the other. */
async function compileWithImports(path: string, seen: Set<string>): Promise<void> {
  if (seen.has(path)) return;
  seen.add(path);
  let code: string;
  try {
    ({ code } = await compileAhead(path));
  } catch {
    return; // The import will fail with it, and say where.
  }
  await Promise.all(importsOf(code, path).map((each) => compileWithImports(each, seen)));
}

/** The TypeScript files that compiled code imports, read from its text: one that is missed costs time, no more. */
function importsOf(code: string, path: string): string[] {
  const parent = pathToFileURL(path).href;
  return [...code.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)"([^"\n]+)"/g)].flatMap(
    ([, specifier = ""]) => {
      const url = resolveTypeScript(specifier, parent);
      return url !== undefined && isTypeScriptFile(url) ? [fileURLToPath(withoutQuery(url))] : [];
    },
  );
}
