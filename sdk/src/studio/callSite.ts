import { ownPath } from "./ownPath.js";
import { sourcePosition } from "./sourcePosition.js";

/** Pipelines and the like stand between the script and the call. */
const maxFrames = 12;

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
