import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the SDK's own compiled files. */
const ownFolder = fileURLToPath(new URL("..", import.meta.url));
/** Paths of files of the program's own, by the names that stand in stacks; undefined for other code. */
const ownPaths = new Map<string, string | undefined>();
const maxOwnPaths = 10_000;

/** The path of a file of the program's own, by its name in a stack; undefined for code of the SDK, of packages and of Node. */
export function ownPath(name: string | null | undefined): string | undefined {
  if (!name) return undefined;
  if (ownPaths.has(name)) return ownPaths.get(name);
  const path = pathOf(name);
  const isOwn = path !== undefined && !path.startsWith(ownFolder) && !/[\\/]node_modules[\\/]/.test(path);
  if (ownPaths.size < maxOwnPaths) ownPaths.set(name, isOwn ? path : undefined);
  return isOwn ? path : undefined;
}

/** Undefined for code of Node itself and for evaluated code. */
function pathOf(name: string): string | undefined {
  if (name.startsWith("file:")) return URL.canParse(name) ? fileURLToPath(name) : undefined;
  return isAbsolute(name) ? name : undefined;
}
