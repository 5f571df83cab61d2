import { setImmediate as nextTurn } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isAgentClass } from "../agents/brand.js";
import { assertFilesCanBeOpened, isOutOfDescriptors } from "../descriptors.js";
import { InvalidArgumentError } from "../errors.js";
import { loadFailure } from "./loadFailure.js";
import { isTypeScriptFile } from "./typescriptFile.js";

/** A class that extends `AgentBase`, as its module exports it: perhaps the proxy that `@agent` made of it. */
export type ExportedAgentClass = abstract new (...args: never[]) => object;

/** What a module exports, by export name. */
export type ModuleExports = Readonly<Record<string, unknown>>;

const modules = new Map<string, Promise<ModuleExports>>();

/** Imports a module, once per thread: TypeScript too, which loads a compiler only then. Throws what the module threw. */
export function importModule(url: string): Promise<ModuleExports> {
  let module = modules.get(url);
  if (!module) {
    module = importOnce(url);
    modules.set(url, module);
    // Not for good, where only descriptors were missing.
    module.catch((error: unknown) => void (isOutOfDescriptors(error) && modules.delete(url)));
  }
  return module;
}

async function importOnce(url: string): Promise<ModuleExports> {
  assertFilesCanBeOpened();
  try {
    if (isTypeScriptFile(url)) {
      const { enableTypeScript } = await import("./typescriptLoader.js");
      await enableTypeScript([url]);
    }
    return (await import(url)) as ModuleExports;
  } catch (error) {
    await swallowDuplicate(error);
    throw error;
  }
}

/** Node 20 reports the error of a CommonJS module that an ES module imports a second time, as an unhandled rejection. */
async function swallowDuplicate(error: unknown): Promise<void> {
  const ignore = (reason: unknown) => {
    if (reason !== error && process.listenerCount("unhandledRejection") === 1) throw reason;
  };
  process.on("unhandledRejection", ignore);
  await nextTurn();
  process.off("unhandledRejection", ignore);
}

/**
 * Loads an agent class from the module that defines it: the export of its name, or any export that is the class of that name.
 *
 * @throws InvalidArgumentError when the module can't be loaded, does not export the class, or the class is no agent's.
 */
export async function loadClass({ url, className }: { url: string; className: string }): Promise<ExportedAgentClass> {
  const module = await importOrExplain(url);
  const classes = exportedAgentClasses(module);
  const found = classes.find(({ cls }) => cls.name === className) ?? namedLike(classes, className);
  if (found) return found.cls;
  throw new InvalidArgumentError(whyNotFound(url, className, module));
}

async function importOrExplain(url: string): Promise<ModuleExports> {
  try {
    return await importModule(url);
  } catch (cause) {
    const { message, place } = await loadFailure(cause, url);
    throw new InvalidArgumentError(`${shown(url)} can't be loaded: ${message}${place ? ` (${place})` : ""}`, { cause });
  }
}

/** An agent class and the name under which its module exports it. */
export interface AgentExport {
  exportName: string;
  cls: ExportedAgentClass;
}

/** The agent classes of a module, each once; of CommonJS also those that Node's reading of the source overlooked. */
export function exportedAgentClasses(module: ModuleExports): AgentExport[] {
  const found = new Map<unknown, AgentExport>();
  for (const [exportName, cls] of allExports(module)) {
    const known = found.get(cls);
    if (isAgentClass(cls) && (!known || known.exportName === "default")) found.set(cls, { exportName, cls });
  }
  return [...found.values()];
}

function allExports(module: ModuleExports): [string, unknown][] {
  const { default: main } = module;
  const ofCommonJs = typeof main === "object" && main !== null ? Object.entries(main) : [];
  return [...Object.entries(module), ...ofCommonJs];
}

/** The class where its own name differs between the processes, by how each compiled it. */
function namedLike(classes: AgentExport[], className: string): AgentExport | undefined {
  // A class without a name of its own: `export default class extends …`, `agent(class extends …)`.
  if (className === "" || className === "default") {
    const unnamed = classes.filter(({ exportName, cls }) => exportName === "default" || cls.name === "");
    return unnamed.length === 1 ? unnamed[0] : undefined;
  }
  // esbuild calls a class with decorators that refers to itself `_A`.
  const written = className.replace(/^_(.+?)\d*$/, "$1");
  return (
    classes.find(({ exportName }) => exportName === className) ??
    classes.find(({ exportName, cls }) => cls.name === written || exportName === written)
  );
}

function whyNotFound(url: string, className: string, module: ModuleExports): string {
  const file = shown(url);
  const classes = exportedAgentClasses(module);
  if (className === "" || className === "default") {
    return `${file} exports ${classes.length} agent classes, and the one wanted has no name: give it one, as in export class MyAgent extends AgentBase`;
  }
  if (allExports(module).some(([name, value]) => name === className && typeof value === "function")) {
    return `${className} of ${file} is no subclass of AgentBase: write class ${className} extends AgentBase`;
  }
  const names = classes.map(({ exportName, cls }) => (exportName === "default" && cls.name ? cls.name : exportName));
  const exported = names.length === 0 ? "no agent class" : `the agent classes ${names.join(", ")}`;
  return (
    `${file} exports no class ${className}, so that it can't be used in another process; it exports ${exported}. ` +
    `Write export class ${className}, and define it at the top level of the file`
  );
}

function shown(url: string): string {
  return url.startsWith("file:") ? fileURLToPath(url) : url;
}
