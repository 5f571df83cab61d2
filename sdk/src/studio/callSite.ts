import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import { sourcePosition } from "./sourcePosition.js";

/** The folder of the SDK's own compiled files. */
const ownFolder = fileURLToPath(new URL("..", import.meta.url));
/** Pipelines and the like stand between the script and the call. */
const maxFrames = 16;

/** `file:line:column` of the nearest code on the stack that is the program's own, in the source that it was compiled from. */
export function callSite(): string | undefined {
  const { stackTraceLimit } = Error;
  const prepare = Object.getOwnPropertyDescriptor(Error, "prepareStackTrace");
  const holder: { stack?: NodeJS.CallSite[] } = {};
  try {
    Error.stackTraceLimit = maxFrames;
    Error.prepareStackTrace = (_error, sites) => sites;
    Error.captureStackTrace(holder, callSite);
    const site = holder.stack?.find(isOwnCode);
    return site && sourcePosition(pathOf(site) ?? "", site.getLineNumber() ?? 1, site.getColumnNumber() ?? 1);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    if (prepare === undefined) Reflect.deleteProperty(Error, "prepareStackTrace");
    else Object.defineProperty(Error, "prepareStackTrace", prepare);
  }
}

function isOwnCode(site: NodeJS.CallSite): boolean {
  const path = pathOf(site);
  return path !== undefined && !path.startsWith(ownFolder) && !/[\\/]node_modules[\\/]/.test(path);
}

/** Undefined for code of Node itself and for evaluated code. */
function pathOf(site: NodeJS.CallSite): string | undefined {
  const name = site.getFileName();
  if (!name) return undefined;
  if (name.startsWith("file:")) return fileURLToPath(name);
  return isAbsolute(name) ? name : undefined;
}
