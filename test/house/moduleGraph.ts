import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { parseSync } from "oxc-parser";

/** Repository path of each source module, and the specifiers it imports (types, dynamic imports and re-exports too). */
export type ModuleGraph = ReadonlyMap<string, readonly string[]>;

export function readModuleGraph(root: string, folders: readonly string[]): ModuleGraph {
  const graph = new Map<string, readonly string[]>();
  for (const folder of folders) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })) {
      const path = join(folder, entry.replaceAll("\\", "/"));
      if (!/\.[mc]?tsx?$/.test(path) || /\/(dist|node_modules|agentDirs)\//.test(path)) continue;
      // By the name that `target` finds it by.
      graph.set(path.replace(/\.tsx$/, ".ts"), importsOf(path, readFileSync(join(root, path), "utf8")));
    }
  }
  return graph;
}

function importsOf(path: string, text: string): string[] {
  const { module } = parseSync(path, text);
  const named = [
    ...module.staticImports.map((one) => one.moduleRequest.value),
    ...module.staticExports.flatMap((one) => one.entries.map((entry) => entry.moduleRequest?.value)),
  ];
  const dynamic = module.dynamicImports.map(({ moduleRequest: { start, end } }) =>
    /^["'`](.*)["'`]$/.exec(text.slice(start, end))?.at(1),
  );
  return [...new Set([...named, ...dynamic].filter((specifier) => specifier !== undefined))];
}

/** The repository path that a relative specifier means; undefined for a package or a module of Node. */
export function target(importer: string, specifier: string): string | undefined {
  return specifier.startsWith(".") ? join(dirname(importer), specifier).replace(/\.([mc]?)js$/, ".$1ts") : undefined;
}

/** Each cycle as the path around it, found once. */
export function findCycles(graph: ModuleGraph): string[][] {
  const cycles: string[][] = [];
  const finished = new Set<string>();
  const trail: string[] = [];
  const visit = (path: string): void => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.push([...trail.slice(start), path]);
    if (start >= 0 || finished.has(path)) return;
    trail.push(path);
    for (const specifier of graph.get(path) ?? []) {
      const next = target(path, specifier);
      if (next !== undefined) visit(next);
    }
    trail.pop();
    finished.add(path);
  };
  for (const path of graph.keys()) visit(path);
  return cycles;
}
