import { realpathSync, statSync } from "node:fs";
import type { Debugger, Profiler, Runtime, Session } from "node:inspector";
import { basename, extname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { InvalidArgumentError } from "../errors.js";

/** Where a class is defined: what another process needs to find it again. */
export interface ClassLocation {
  /** The `file:` URL of the module, without query. */
  url: string;
  /** The class's own name: `default` for `export default class extends …`, empty for `agent(class extends …)`. */
  className: string;
}

type AnyClass = abstract new (...args: never[]) => object;

const locations = new WeakMap<AnyClass, ClassLocation>();

/** Script ids hold as long as the process; the list of all scripts is what costs, so that it is kept. */
const scriptUrls = new Map<string, string>();

/** The inspector evaluates in the main context; `process` is the one object that every context shares with it. */
const handOver = Symbol.for("agentscope.classToLocate");

/**
 * Finds the module that defines a class, by the engine's own record of where the class stands. Costs a few ms for the first
 * class of a program and about 0.5 ms for each further one; nothing the second time.
 *
 * @param cls The class as written: for a class that `@agent` decorated, what it decorated.
 * @throws InvalidArgumentError when no module file defines it (evaluated code, the REPL, a built-in class).
 */
export function locateClass(cls: AnyClass): ClassLocation {
  const known = locations.get(cls);
  if (known) return known;
  const location = { url: moduleUrl(cls.name, scriptUrlOf(cls)), className: cls.name };
  locations.set(cls, location);
  return location;
}

/** Whether this module is the script that this process was started with, which a child can't import without running it. */
export function isMainScript(url: string): boolean {
  const main = mainScript();
  if (main === undefined || !url.startsWith("file:")) return false;
  const path = fileURLToPath(withoutQuery(url));
  return isFile(path) && realpathSync.native(path) === main;
}

/** Says that a class has to leave the main script, and how. */
export function mainScriptError(className: string, url: string): InvalidArgumentError {
  const script = fileURLToPath(url);
  const name = className === "" || className === "default" ? "MyAgent" : className;
  const file = name.charAt(0).toLowerCase() + name.slice(1);
  const ending = extname(script);
  return new InvalidArgumentError(
    `${named(className)} is defined in ${script}, the script that was started: another process can't load the class ` +
      "without running the script a second time. Move the class to a module of its own:\n" +
      `  ${file}${ending}:  export class ${name} extends AgentBase { … }\n` +
      `  ${basename(script)}:  import { ${name} } from "./${file}${importEnding(ending)}";`,
  );
}

function importEnding(ending: string): string {
  return ending.replace(/^\.([mc]?)tsx?$/, ".$1js");
}

/** The URL of the script that holds the class, as the engine knows it; undefined when the class has no source. */
function scriptUrlOf(cls: AnyClass): string | undefined {
  const session = openSession(cls.name);
  const shared = process as unknown as Record<symbol, unknown>;
  shared[handOver] = cls;
  try {
    const id = scriptIdOf(session);
    if (id === undefined) return undefined;
    if (!scriptUrls.has(id)) readCoveredScripts(session);
    if (!scriptUrls.has(id)) readAllScripts(session);
    return scriptUrls.get(id) ?? "";
  } finally {
    delete shared[handOver];
    session.disconnect();
  }
}

function scriptIdOf(session: Session): string | undefined {
  const expression = 'process[Symbol.for("agentscope.classToLocate")]';
  const { result } = post(session, "Runtime.evaluate", { expression, silent: true }) as Runtime.EvaluateReturnType;
  const { internalProperties = [] } = post(session, "Runtime.getProperties", {
    objectId: result.objectId,
    ownProperties: true,
  }) as Runtime.GetPropertiesReturnType;
  const location = internalProperties.find((property) => property.name === "[[FunctionLocation]]");
  return (location?.value?.value as Debugger.Location | undefined)?.scriptId;
}

/**
 * The scripts of which code was run, in 3 to 8 ms. Works without `Profiler.enable`, which must not be sent: disabling it
 * again would end the coverage measurement of a test runner in the same process.
 */
function readCoveredScripts(session: Session): void {
  const { result } = post(session, "Profiler.getBestEffortCoverage") as Profiler.GetBestEffortCoverageReturnType;
  for (const { scriptId, url } of result) scriptUrls.set(scriptId, url);
}

/** All scripts, in 15 to 40 ms the first time: the engine hashes every source for it. Other debuggers don't notice. */
function readAllScripts(session: Session): void {
  const add = ({ params }: { params: Debugger.ScriptParsedEventDataType }) =>
    scriptUrls.set(params.scriptId, params.url);
  session.on("Debugger.scriptParsed", add);
  post(session, "Debugger.enable");
  session.off("Debugger.scriptParsed", add);
}

/** The inspector is loaded when first needed: most processes never locate a class. */
function openSession(className: string): Session {
  try {
    const inspector = process.getBuiltinModule("node:inspector");
    const session = new inspector.Session();
    session.connect();
    return session;
  } catch (cause) {
    throw new InvalidArgumentError(
      `The module that defines ${named(className)} can't be found, since this Node.js has no inspector (it was built without, ` +
        "or --permission forbids it). Start a server that knows the class (as-server --agent-dir, or customAgentClasses) " +
        "and give its host and port to toDist",
      { cause },
    );
  }
}

/** The inspector answers within the call when it runs in the same thread. */
function post(session: Session, method: string, params: object = {}): unknown {
  const answers: { error: Error | null; result: unknown }[] = [];
  session.post(method, params, (error, result) => answers.push({ error, result }));
  const [answer] = answers;
  if (!answer || answer.error) throw new Error(`The inspector did not answer ${method}`, { cause: answer?.error });
  return answer.result;
}

function moduleUrl(className: string, script: string | undefined): string {
  const path = script === undefined ? undefined : scriptPath(script);
  if (path !== undefined && isFile(path)) return pathToFileURL(path).href;
  throw new InvalidArgumentError(
    `${named(className)} can't be run in another process: ${whyNowhere(script)}. ` +
      "Define the class in a module file, export it there, and import it where it is used",
  );
}

function scriptPath(script: string): string | undefined {
  if (script.startsWith("file:")) return fileURLToPath(withoutQuery(script));
  // How tsx names a CommonJS module that an ES module imports.
  const file = /^data:text\/javascript,[^]*\?filePath=([^&#]+)/.exec(script)?.[1];
  if (file !== undefined) return withoutQuery(decodeURIComponent(file));
  return resolve(script) === script ? script : undefined;
}

function withoutQuery(script: string): string {
  return script.replace(/[?#].*$/s, "");
}

function whyNowhere(script: string | undefined): string {
  if (script === undefined) return "it has no source text (it is built in, or a bound function)";
  if (script === "") return "it was made by evaluated code (eval, new Function, node -e)";
  if (script.startsWith("node:")) return `it is built into Node.js (${script})`;
  const shown = script.length > 120 ? `${script.slice(0, 120)}…` : script;
  return `it was made by code that is no file (${shown})`;
}

function named(className: string): string {
  return className === "" || className === "default" ? "A class without a name" : `Class ${className}`;
}

const scriptEndings = ["", ".js", ".ts", ".mjs", ".mts", ".cjs", ".cts", ".tsx"];
const mainScripts = new Map<string, string | undefined>();

/** `process.argv[1]` as the file that Node or tsx took it for; undefined under `node -e` and in the REPL. */
function mainScript(): string | undefined {
  const given = process.argv[1];
  if (given === undefined) return undefined;
  if (!mainScripts.has(given)) {
    const candidates = [given, join(given, "index")].flatMap((path) =>
      scriptEndings.map((ending) => resolve(path + ending)),
    );
    const found = candidates.find(isFile);
    mainScripts.set(given, found === undefined ? undefined : realpathSync.native(found));
  }
  return mainScripts.get(given);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
