import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import { sourcePosition } from "./sourcePosition.js";

/** The folder of the SDK's own compiled files. */
const ownFolder = fileURLToPath(new URL("..", import.meta.url));
/** Pipelines and the like stand between the script and the call. */
const maxFrames = 12;
/** Paths of files of the program's own, by the names that stand in stacks; undefined for other code. */
const ownPaths = new Map<string, string | undefined>();
const maxOwnPaths = 10_000;

/** `file:line:column` of the nearest code on the stack that is the program's own, in the source that it was compiled from. */
export function callSite(): string | undefined {
  const { stackTraceLimit } = Error;
  const prepare = Object.getOwnPropertyDescriptor(Error, "prepareStackTrace");
  const holder: { stack?: NodeJS.CallSite[] } = {};
  try {
    Error.stackTraceLimit = maxFrames;
    Error.prepareStackTrace = (_error, sites) => sites;
    Error.captureStackTrace(holder, callSite);
    for (const site of holder.stack ?? []) {
      const path = ownPath(site.getFileName());
      if (path !== undefined) return sourcePosition(path, site.getLineNumber() ?? 1, site.getColumnNumber() ?? 1);
    }
    return undefined;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    if (prepare === undefined) Reflect.deleteProperty(Error, "prepareStackTrace");
    else Object.defineProperty(Error, "prepareStackTrace", prepare);
  }
}

function ownPath(name: string | null | undefined): string | undefined {
  if (!name) return undefined;
  if (ownPaths.has(name)) return ownPaths.get(name);
  const path = pathOf(name);
  const isOwn = path !== undefined && !path.startsWith(ownFolder) && !/[\\/]node_modules[\\/]/.test(path);
  if (ownPaths.size < maxOwnPaths) ownPaths.set(name, isOwn ? path : undefined);
  return isOwn ? path : undefined;
}

/** Undefined for code of Node itself and for evaluated code. */
function pathOf(name: string): string | undefined {
  if (name.startsWith("file:")) return fileURLToPath(name);
  return isAbsolute(name) ? name : undefined;
}
