import { readFileSync } from "node:fs";
import { findSourceMap, SourceMap } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

/** So many files of a program are looked up; positions in others are those of the compiled code. */
const maxMaps = 1000;
/** A map is named in the last lines of its file. */
const mapComment = /^\/\/[#@] sourceMappingURL=(\S+)\s*$/gm;

const maps = new Map<string, SourceMap | undefined>();
const known = new Map<string, string>();
const maxKnown = 10_000;

/** `file:line:column` in the source that a position (counted from 1) was compiled from; where that is not known, the position itself. */
export function sourcePosition(path: string, line: number, column: number): string {
  const position = `${path}:${line}:${column}`;
  const found = known.get(position);
  if (found !== undefined) return found;
  const source = mapped(path, line, column) ?? position;
  if (known.size < maxKnown) known.set(position, source);
  return source;
}

function mapped(path: string, line: number, column: number): string | undefined {
  const entry = mapOf(path)?.findEntry(line - 1, column - 1);
  if (entry === undefined || !("originalSource" in entry)) return undefined;
  const source = new URL(entry.originalSource, pathToFileURL(path)).href;
  if (!source.startsWith("file:")) return undefined;
  return `${fileURLToPath(source)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
}

/** That of Node, where it keeps maps (a compiler in memory needs that); else the file's own. */
function mapOf(path: string): SourceMap | undefined {
  if (maps.has(path) || maps.size >= maxMaps) return maps.get(path);
  const map = findSourceMap(path) ?? findSourceMap(pathToFileURL(path).href) ?? readMap(path);
  maps.set(path, map);
  return map;
}

function readMap(path: string): SourceMap | undefined {
  try {
    const url = [...readFileSync(path, "utf8").matchAll(mapComment)].at(-1)?.[1];
    if (url === undefined) return undefined;
    const text = url.startsWith("data:")
      ? Buffer.from(url.slice(url.indexOf(",") + 1), url.includes(";base64,") ? "base64" : "utf8").toString("utf8")
      : readFileSync(fileURLToPath(new URL(url, pathToFileURL(path))), "utf8");
    return new SourceMap(JSON.parse(text) as ConstructorParameters<typeof SourceMap>[0]);
  } catch {
    // A position in the compiled code is better than none.
    return undefined;
  }
}
