// What is loaded at a start stands in one file of a bundle. By itself esbuild makes a file of the modules that exactly the same entries and
// late imports share: two dozen files, and for each Node looks where it is, opens, reads and links it, which takes longer than its code.
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/**
 * Has all that entries import at once stand in one chunk: every entry, and all that is loaded late, imports all of it.
 * @param {import("esbuild").BuildOptions & { absWorkingDir: string, entryPoints: string[] }} options of the bundle.
 * @param {{ starters: string[], apart: string[] }} entries the ones whose imports are meant, and those that keep to their own.
 * @returns {Promise<import("esbuild").Plugin>}
 */
export async function startChunk(options, { starters, apart }) {
  const { build } = await import("esbuild");
  const { metafile } = await build({ ...options, metafile: true, write: false });
  /** @param {string} path as esbuild has it. */
  const absolute = (path) => join(options.absWorkingDir, path);
  const modules = Object.entries(metafile.inputs).map(([path, { imports }]) => ({ path: absolute(path), imports }));
  /** @param {string} importer */
  const importsOf = (importer) =>
    modules
      .filter(({ path }) => path === importer)
      .flatMap(({ imports }) =>
        imports.filter(({ kind, external }) => kind === "import-statement" && external !== true),
      )
      .map(({ path }) => absolute(path));
  const start = new Set(starters.flatMap(importsOf));
  for (const known of start) for (const path of importsOf(known)) start.add(path);

  const importers = options.entryPoints.filter((path) => !apart.includes(path));
  return {
    name: "start-chunk",
    setup(bundle) {
      bundle.onResolve({ filter: /^start-chunk$/ }, ({ path }) => ({ path, namespace: "start" }));
      bundle.onLoad({ filter: /^start-chunk$/, namespace: "start" }, () => ({
        contents: [...start].map((path) => `import ${JSON.stringify(path)};`).join("\n"),
        resolveDir: options.absWorkingDir,
      }));
      bundle.onLoad({ filter: /\.ts$/ }, ({ path }) =>
        importers.includes(path)
          ? { contents: `${readFileSync(path, "utf8")}\nimport "start-chunk";\n`, loader: "ts" }
          : undefined,
      );
      bundle.onResolve({ filter: /^\./ }, ({ path, importer, kind }) =>
        kind === "dynamic-import"
          ? { path: resolve(dirname(importer), path.replace(/\.js$/, ".ts")), namespace: "late" }
          : undefined,
      );
      bundle.onLoad({ filter: /./, namespace: "late" }, ({ path }) => ({
        contents: `import "start-chunk";\nexport * from ${JSON.stringify(path)};`,
        resolveDir: dirname(path),
      }));
    },
  };
}
