import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type * as getTsconfig from "get-tsconfig";

/** What a tsconfig.json says about running its files. */
export interface Tsconfig {
  /** The options that change the JavaScript, `extends` included. */
  compilerOptions: Record<string, unknown>;
  /** The paths that a `paths` alias (or `baseUrl`) can mean, without ending; none when the name is no alias. */
  aliases(name: string): string[];
}

const relevant = [
  "experimentalDecorators",
  "useDefineForClassFields",
  "target",
  "verbatimModuleSyntax",
  "preserveValueImports",
  "importsNotUsedAsValues",
  "alwaysStrict",
  "strict",
  "jsx",
  "jsxFactory",
  "jsxFragmentFactory",
  "jsxImportSource",
] as const;

const folders = new Map<string, Tsconfig | undefined>();

/** The nearest tsconfig.json of a file, whether or not it includes the file: the compiler's rule for options. */
export function tsconfigOf(path: string): Tsconfig | undefined {
  return tsconfigOfFolder(dirname(path));
}

function tsconfigOfFolder(folder: string): Tsconfig | undefined {
  if (folders.has(folder)) return folders.get(folder);
  const path = join(folder, "tsconfig.json");
  const above = dirname(folder);
  const found = statSync(path, { throwIfNoEntry: false })?.isFile()
    ? readTsconfig(path)
    : above === folder || folder.endsWith("node_modules")
      ? undefined
      : tsconfigOfFolder(above);
  folders.set(folder, found);
  return found;
}

function readTsconfig(path: string): Tsconfig {
  // Loaded by `require`: half the time of `import`, and possible inside a synchronous hook.
  const { parseTsconfig, createPathsMatcher } = createRequire(import.meta.url)("get-tsconfig") as typeof getTsconfig;
  const config = parseTsconfig(path);
  const all: Record<string, unknown> = { ...config.compilerOptions };
  const aliases = createPathsMatcher({ path, config });
  return {
    compilerOptions: Object.fromEntries(
      relevant.filter((name) => all[name] !== undefined).map((name) => [name, all[name]]),
    ),
    aliases: (name) => aliases?.(name) ?? [],
  };
}
