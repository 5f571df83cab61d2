import { type Dirent, realpathSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { rawAgentClass, agentClassBrand } from "../agents/brand.js";
import { InvalidArgumentError } from "../errors.js";
import { type ExportedAgentClass, exportedAgentClasses, importModule } from "./classModules.js";
import { loadFailure } from "./loadFailure.js";
import { loadGuarded } from "./loadGuard.js";
import { isTypeScriptFile } from "./typescriptFile.js";

/** What one file of a folder of agents gave; plain data. */
export interface AgentFileReport {
  /** The absolute path. */
  file: string;
  /** The names of the agent classes that it exports and that are used. */
  classes: string[];
  /** Which of its classes are not used, and why: a sentence each. */
  notes?: string[];
  /** Why it could not be loaded; `place` is `path:line`. */
  error?: { message: string; stack: string; place?: string };
}

/** What a folder of agents gave; plain data. */
export interface AgentDirReport {
  /** The folder, absolute. */
  dir: string;
  /** In the order in which they were loaded: sorted by path. */
  files: AgentFileReport[];
}

/** What {@link loadAgentDir} found. */
export interface LoadedAgentDir {
  report: AgentDirReport;
  /** By class name. */
  classes: ReadonlyMap<string, ExportedAgentClass>;
}

/**
 * The files of a folder of agents, in all its subfolders, sorted: TypeScript and JavaScript modules without declarations, without
 * `node_modules` and hidden folders, and without JavaScript beside the TypeScript that it was compiled from.
 *
 * @throws InvalidArgumentError when there is no such folder.
 */
export async function scanAgentDir(dir: string): Promise<string[]> {
  const root = resolve(dir);
  const stats = statSync(root, { throwIfNoEntry: false });
  if (!stats?.isDirectory()) {
    const problem = stats ? "is no folder; give the folder that it is in" : "does not exist";
    throw new InvalidArgumentError(`The folder of agents (--agent-dir) ${root} ${problem}`);
  }
  const files = await filesBelow(root, new Set());
  const present = new Set(files);
  const isOutput = (file: string) => /\.[cm]?js$/.test(file) && present.has(file.replace(/js$/, "ts"));
  return files.filter((file) => !isOutput(file)).sort();
}

/** @param seen The real paths of the folders above and before: a link can lead back. */
async function filesBelow(folder: string, seen: Set<string>): Promise<string[]> {
  const real = realpathSync(folder);
  if (seen.has(real)) return [];
  seen.add(real);
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      const kind = kindOf(entry, path);
      if (kind === "file") return /\.[cm]?[jt]s$/.test(path) && !/\.d\.[cm]?ts$/.test(path) ? [path] : [];
      if (kind === "folder" && entry.name !== "node_modules" && !entry.name.startsWith("."))
        return filesBelow(path, seen);
      return [];
    }),
  );
  return found.flat();
}

function kindOf(entry: Dirent, path: string): "file" | "folder" | "other" {
  const stats = entry.isSymbolicLink() ? statSync(path, { throwIfNoEntry: false }) : entry;
  return stats?.isFile() ? "file" : stats?.isDirectory() ? "folder" : "other";
}

/** Options of {@link loadAgentDir}. */
export interface LoadAgentDirOptions {
  /** How long the import of one file may take, in ms; default 10,000. */
  timeLimitMs?: number;
  /** Told before a file is imported: who watches the thread from outside then knows which file blocks it. Default: nobody. */
  onFile?: (file: string) => void;
  /** Files that are not imported: they blocked another thread for good. Default none. */
  blocking?: readonly string[];
}

/**
 * Imports the files of a folder of agents one after the other, and collects every exported subclass of `AgentBase`. A file that
 * fails in whatever way is reported and stops nothing else. Of two classes of the same name the first file's is used.
 *
 * @throws InvalidArgumentError when there is no such folder.
 */
export async function loadAgentDir(dir: string, options: LoadAgentDirOptions = {}): Promise<LoadedAgentDir> {
  const paths = await scanAgentDir(dir);
  const typeScript = paths.filter(isTypeScriptFile);
  if (typeScript.length > 0) {
    // Also for the JavaScript among them, which can import it.
    const { enableTypeScript } = await import("./typescriptLoader.js");
    await enableTypeScript(typeScript.map((path) => pathToFileURL(path).href));
  }
  const registered = new Map<string, { cls: ExportedAgentClass; file: string }>();
  const files: AgentFileReport[] = [];
  for (const file of paths) {
    if (options.blocking?.includes(file) === true) {
      files.push({ file, classes: [], error: { message: blocks, stack: "" } });
      continue;
    }
    options.onFile?.(file);
    files.push(await loadAgentFile(file, registered, options.timeLimitMs ?? 10_000));
  }
  const classes = new Map([...registered].map(([name, { cls }]) => [name, cls]));
  return { report: { dir: resolve(dir), files }, classes };
}

const blocks =
  "it computes without end while it is loaded; what takes long belongs into the setup() of the agent, and what has no end nowhere";

async function loadAgentFile(
  file: string,
  registered: Map<string, { cls: ExportedAgentClass; file: string }>,
  timeLimitMs: number,
): Promise<AgentFileReport> {
  const url = pathToFileURL(file).href;
  const classes: string[] = [];
  const notes: string[] = [];
  try {
    const module = await loadGuarded(() => importModule(url), timeLimitMs);
    for (const { exportName, cls } of exportedAgentClasses(module)) {
      if (Object.hasOwn(rawClass(cls), agentClassBrand)) continue; // AgentBase itself, passed on
      const className = cls.name === "" || cls.name === "default" ? exportName : cls.name;
      const known = registered.get(className);
      if (className === "default") {
        notes.push("a class without a name is not used: write export class MyAgent extends AgentBase");
      } else if (known && rawClass(known.cls) !== rawClass(cls)) {
        notes.push(
          `${className} is not used, since ${shortened(known.file)} has a class of the same name: rename one of them`,
        );
      } else {
        classes.push(className);
        if (!known) registered.set(className, { cls, file });
      }
    }
  } catch (error) {
    return { file, classes, error: await loadFailure(error, url) };
  }
  return { file, classes, ...(notes.length > 0 ? { notes } : {}) };
}

/** The class as written. A subclass of a decorated class inherits the property, but not the prototype. */
function rawClass(cls: ExportedAgentClass): ExportedAgentClass {
  const raw = (cls as { [rawAgentClass]?: ExportedAgentClass })[rawAgentClass];
  return raw !== undefined && raw.prototype === cls.prototype ? raw : cls;
}

/** The report as lines for a person: what each file gave, or why it could not be loaded and what to do. */
export function formatAgentDirReport({ dir, files }: AgentDirReport): string[] {
  const failed = files.filter(({ error }) => error).length;
  const classCount = new Set(files.flatMap(({ classes }) => classes)).size;
  const counted = `${count(classCount, "agent class", "agent classes")} in ${count(files.length, "file", "files")}`;
  const problem =
    failed > 0
      ? `; ${count(failed, "file", "files")} could not be loaded: correct them and start the server again`
      : "";
  return [`${shortened(dir)}: ${counted}${problem}`, ...files.flatMap(fileLines).map((line) => `  ${line}`)];
}

function fileLines({ file, classes, notes = [], error }: AgentFileReport): string[] {
  const path = shortened(file);
  if (error)
    return [`${path}: could not be loaded: ${error.message}${error.place ? ` (${shortened(error.place)})` : ""}`];
  const found = classes.length > 0 ? [classes.join(", ")] : notes.length > 0 ? [] : ["exports no agent class"];
  return [...found, ...notes].map((text) => `${path}: ${text}`);
}

function count(quantity: number, one: string, several: string): string {
  return `${quantity} ${quantity === 1 ? one : several}`;
}

function shortened(path: string): string {
  const below = relative(process.cwd(), path);
  return below === "" || below.startsWith(`..${sep}`) || below === ".." ? path : below;
}
