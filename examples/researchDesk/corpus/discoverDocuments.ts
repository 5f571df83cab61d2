import { readdir, stat } from "node:fs/promises";
import { basename, extname, isAbsolute, join, relative, resolve, sep } from "node:path";

/** A text file of the corpus. Messages carry these, never the text: readers read the files themselves. */
export interface SourceDocument {
  /** The path that a person is shown: relative to the working directory where the file lies below it. */
  readonly path: string;
  readonly file: string;
  readonly sizeBytes: number;
}

export class CorpusError extends Error {
  override readonly name = "CorpusError";
}

const TEXT_EXTENSIONS = new Set([".md", ".markdown", ".txt"]);
const SKIPPED_FOLDERS = new Set(["dist", "build", "coverage", "test-results"]);
/** Larger files are data or logs, not documentation. */
const MAX_DOCUMENT_BYTES = 4 * 1024 * 1024;

/**
 * Finds the text and Markdown files below the folders, sorted by path. Below a `node_modules` only the README of each
 * package is documentation for its user; hidden folders, build output and symbolic links are left out.
 */
export async function discoverDocuments(folders: readonly string[], workingDirectory = process.cwd()) {
  const found = new Map<string, SourceDocument>();
  for (const folder of folders) {
    const root = resolve(workingDirectory, folder);
    await requireFolder(root, folder);
    for (const file of await textFiles(root, false)) {
      const { size: sizeBytes } = await stat(file);
      if (sizeBytes === 0 || sizeBytes > MAX_DOCUMENT_BYTES) continue;
      found.set(file, { path: shownPath(file, workingDirectory), file, sizeBytes });
    }
  }
  if (found.size === 0) {
    throw new CorpusError(
      `no documents in ${folders.join(", ")}: the desk reads ${[...TEXT_EXTENSIONS].join(", ")} files. ` +
        "Name a folder that has some with --docs FOLDER.",
    );
  }
  return [...found.values()].sort((a, b) => compareText(a.path, b.path));
}

/** Code-unit order: the same on every machine, whatever its locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function requireFolder(root: string, asGiven: string): Promise<void> {
  const found = await stat(root).catch(() => undefined);
  if (found?.isDirectory()) return;
  const problem = found ? "is a file, not a folder" : "does not exist";
  throw new CorpusError(`--docs ${asGiven}: ${root} ${problem}. Name a folder of text or Markdown files.`);
}

async function textFiles(folder: string, insidePackages: boolean): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name.startsWith(".") || (!insidePackages && SKIPPED_FOLDERS.has(entry.name))) continue;
      files.push(...(await textFiles(path, insidePackages || entry.name === "node_modules")));
    } else if (entry.isFile() && isDocument(entry.name, insidePackages)) {
      files.push(path);
    }
  }
  return files;
}

function isDocument(fileName: string, insidePackages: boolean): boolean {
  const extension = extname(fileName).toLowerCase();
  const isReadme = basename(fileName, extname(fileName)).toLowerCase() === "readme";
  if (extension === "") return isReadme;
  return TEXT_EXTENSIONS.has(extension) && (isReadme || !insidePackages);
}

function shownPath(file: string, workingDirectory: string): string {
  const path = relative(workingDirectory, file);
  const isOutside = path.startsWith("..") || isAbsolute(path);
  return (isOutside ? file : path).replaceAll(sep, "/");
}
