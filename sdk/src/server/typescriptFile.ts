import { readFileSync, realpathSync, statSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { tsconfigOf } from "./tsconfig.js";

/** How a module is evaluated. */
export type ModuleFormat = "module" | "commonjs";

/** Whether a path or URL names a TypeScript module (and no declaration file). */
export function isTypeScriptFile(pathOrUrl: string): boolean {
  const path = withoutQuery(pathOrUrl);
  return /\.(?:[cm]?ts|tsx)$/.test(path) && !/\.d\.[cm]?ts$/.test(path);
}

/**
 * The file that an import means where Node alone would not find it or would find another: `./x.js` or `./x` for `x.ts`,
 * a folder for its index, a `paths` alias of the tsconfig. `undefined` leaves it to Node.
 *
 * In a TypeScript module a `.ts` file goes before the `.js` file of the same name, as for the compiler; in a JavaScript
 * module it only stands in for a file that is missing.
 */
export function resolveTypeScript(specifier: string, parentUrl: string | undefined): string | undefined {
  const parent = parentUrl?.startsWith("file:") ? fileURLToPath(withoutQuery(parentUrl)) : undefined;
  const inTypeScript = parent !== undefined && isTypeScriptFile(parent);
  const [name, query] = splitQuery(specifier);
  const wanted = wantedPath(name, parent);
  if (wanted === undefined) return inTypeScript ? existing(aliased(specifier, parent)) : undefined;
  if (!inTypeScript && isFile(wanted)) return undefined;
  const found = existing([wanted]);
  return found === undefined ? undefined : found + query;
}

/** The path that a relative, absolute or `file:` specifier names; undefined for a package. */
function wantedPath(name: string, parent: string | undefined): string | undefined {
  if (name.startsWith("file:")) return fileURLToPath(name);
  if (isAbsolute(name)) return name;
  if (parent === undefined || !/^\.\.?(?:\/|$)/.test(name)) return undefined;
  return resolve(dirname(parent), decoded(name));
}

/** An import is a URL reference (`%20`), a `require` is a path: the plain name where it can't be decoded. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function aliased(specifier: string, parent: string): string[] {
  const hasScheme = /^[a-z][a-z\d+.-]+:/i.test(specifier);
  if (hasScheme || isBuiltin(specifier) || /[\\/]node_modules[\\/]/.test(parent)) return [];
  return tsconfigOf(parent)?.aliases(specifier) ?? [];
}

function existing(paths: string[]): string | undefined {
  const found = paths.flatMap(standIns).find(isFile);
  return found === undefined ? undefined : pathToFileURL(realpathSync(found)).href;
}

function splitQuery(specifier: string): [name: string, query: string] {
  const at = specifier.search(/[?#]/);
  return at < 0 ? [specifier, ""] : [specifier.slice(0, at), specifier.slice(at)];
}

/** A URL or specifier without `?…` and `#…`. */
export function withoutQuery(url: string): string {
  return splitQuery(url)[0];
}

const endings = [".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".json"];

/** The files that can be meant by a path, the likeliest first. */
function standIns(path: string): string[] {
  const [, stem, kind] = /^(.*)\.([cm]?)jsx?$/s.exec(path) ?? [];
  if (stem !== undefined) return [`${stem}.${kind}ts`, ...(kind === "" ? [`${stem}.tsx`] : []), path];
  return [path, ...endings.map((ending) => path + ending), ...endings.map((ending) => join(path, `index${ending}`))];
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/**
 * What kind of module a TypeScript file is: by its ending, by the `type` of its package.json, and where neither says it, by
 * its syntax. Such a file is an ES module when it imports or exports, unless it uses what only CommonJS has.
 */
export function formatOf(path: string, source: string): ModuleFormat {
  if (path.endsWith(".mts")) return "module";
  if (path.endsWith(".cts")) return "commonjs";
  const type = packageType(dirname(path));
  if (type !== undefined) return type;
  const code = source.replaceAll(/\/\*[^]*?\*\/|\/\/.*$/gm, "");
  if (/\bimport\s*\.\s*meta\b/.test(code)) return "module";
  if (/\b(?:require\s*\(|__dirname\b|__filename\b|module\.exports\b|exports\.)|^\s*export\s*=/m.test(code))
    return "commonjs";
  return /^\s*(?:import|export)\b/m.test(code) ? "module" : "commonjs";
}

const packageTypes = new Map<string, ModuleFormat | undefined>();

function packageType(folder: string): ModuleFormat | undefined {
  if (packageTypes.has(folder)) return packageTypes.get(folder);
  const own = readPackageJson(folder);
  const above = dirname(folder);
  const atTop = own !== undefined || above === folder || folder.endsWith("node_modules");
  const type = atTop ? (own?.type === "module" || own?.type === "commonjs" ? own.type : undefined) : packageType(above);
  packageTypes.set(folder, type);
  return type;
}

function readPackageJson(folder: string): { type?: unknown } | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { type?: unknown };
  } catch {
    return undefined;
  }
}
