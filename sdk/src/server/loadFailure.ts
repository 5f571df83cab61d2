import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { BuildFailure } from "esbuild";
import { AgentScopeError, asError } from "../errors.js";
import { withoutQuery } from "./typescriptFile.js";
import { closeEsbuild, openEsbuild } from "./esbuildProcess.js";

/** Why a module could not be loaded, for a person. */
export interface LoadFailure {
  /** What went wrong, with the error's name, and what to do where that is known; one line. */
  message: string;
  /** `path:line` of the code at fault. */
  place?: string;
  stack: string;
}

/** What a person needs to know about an error that importing a module threw. */
export async function loadFailure(thrown: unknown, url: string): Promise<LoadFailure> {
  const error = asError(thrown);
  const place =
    placeIn(error.stack ?? "") ?? (error.name === "SyntaxError" ? await placeOfSyntaxError(url) : undefined);
  return { message: messageOf(error), stack: error.stack ?? error.message, ...(place === undefined ? {} : { place }) };
}

function messageOf(error: Error): string {
  const [first = "", ...rest] = error.message.split("\n");
  const code = (error as { code?: unknown }).code;
  const requiredBy = /^- (.+)$/.exec(rest[1] ?? "")?.[1];
  const message = requiredBy === undefined ? first : `${first}, required by ${requiredBy}`;
  const dependency = /^Cannot find (?:package|module) '((?:@[^/']+\/)?[^./'\\][^/'\\:]*)/.exec(message)?.[1];
  if (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") {
    const advice =
      dependency === undefined ? "check the path in its import" : `run npm install ${dependency} in its project`;
    return `${message}; ${advice}`;
  }
  return error instanceof AgentScopeError || error.name === "Error" || message.startsWith(error.name)
    ? message
    : `${error.name}: ${message}`;
}

const ownFolder = new URL("..", import.meta.url).href;

/** The first place in a stack that is the user's code. */
function placeIn(stack: string): string | undefined {
  const [head = "", ...frames] = stack.split("\n");
  const atHead = /^((?:file:|\/|[A-Za-z]:\\).*):(\d+)$/.exec(head);
  const inFrames = frames.map((line) => /^\s+at (?:.*\()?((?:file:|\/|[A-Za-z]:\\).*):(\d+):\d+\)?$/.exec(line));
  for (const match of [atHead, ...inFrames]) {
    const [, file = "", line] = match ?? [];
    if (file === "" || file.startsWith(ownFolder) || file.startsWith(fileURLToPath(ownFolder))) continue;
    return `${file.startsWith("file:") ? fileURLToPath(withoutQuery(file)) : file}:${line}`;
  }
  return undefined;
}

/** The engine does not say where an ES module fails to parse, nor which module it is: esbuild reads them all again. */
async function placeOfSyntaxError(url: string): Promise<string | undefined> {
  const { errors = [] } = await problemsOf(fileURLToPath(withoutQuery(url)));
  const location = errors.find(({ text, location: at }) => at && !text.startsWith("Could not resolve"))?.location;
  return location ? `${resolve(location.file)}:${location.line}` : undefined;
}

async function problemsOf(path: string): Promise<Partial<BuildFailure>> {
  try {
    const esbuild = openEsbuild();
    try {
      const bundled = { bundle: true, write: false, packages: "external", platform: "node", format: "esm" } as const;
      return await esbuild.build({ ...bundled, entryPoints: [path], logLevel: "silent" });
    } finally {
      closeEsbuild();
    }
  } catch (failure) {
    return failure as Partial<BuildFailure>;
  }
}
