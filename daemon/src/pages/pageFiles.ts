import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

/** Beside this file, wherever the daemon was put; scripts/pages.mjs makes it. */
const folder = new URL("./site/", import.meta.url);

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

export interface PageFile {
  type: string;
  content: Uint8Array<ArrayBuffer>;
}

/** The files of the pages. Each is read when a browser first asks for it: most daemons are never looked at so. */
export class PageFiles {
  private readonly read = new Map<string, PageFile | undefined>();

  constructor(private readonly from: URL = folder) {}

  /** Undefined when there is none with this name. Names lead into no folder. */
  file(name: string): PageFile | undefined {
    if (!/^[\w-]+(\.[\w-]+)*\.(css|html|js|svg)$/.test(name)) return undefined;
    const known = this.read.get(name) ?? this.load(name);
    if (known !== undefined) this.read.set(name, known);
    return known;
  }

  private load(name: string): PageFile | undefined {
    try {
      const content = new Uint8Array(readFileSync(fileURLToPath(new URL(name, this.from))));
      return { type: types[extname(name)] ?? "application/octet-stream", content };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }
}
