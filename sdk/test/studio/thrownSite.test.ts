import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { transform } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { thrownSite } from "../../src/studio/thrownSite.js";

let root: string;
/** Node itself loads what is in a folder of this name. */
let folder: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "as-thrown-"));
  folder = join(root, "dist");
  await mkdir(join(folder, "node_modules"), { recursive: true });
});

afterAll(() => rm(root, { recursive: true }));

/** The stack of what a module with this text throws. */
async function stackOf(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  const { fail } = (await import(pathToFileURL(file).href)) as { fail: () => void };
  try {
    fail();
  } catch (error) {
    return (error as Error).stack ?? "";
  }
  throw new Error("it threw nothing");
}

it("is in the source that the code was compiled from", async () => {
  const source =
    'interface Unused { a: string }\n\nexport function fail(): never {\n  throw new Error("at x (1:2)");\n}\n';
  const { code } = await transform(source, { loader: "ts", sourcefile: "agent.ts", minify: true, sourcemap: "inline" });
  expect(thrownSite(await stackOf("agent.mjs", code))).toBe(`${join(folder, "agent.ts")}:4:9`);
});

it("is where the stack says when Node has mapped it already", async () => {
  const source = "interface Unused { a: string }\n\nexport function fail(): never {\n  throw new Error();\n}\n";
  const { code } = await transform(source, { loader: "ts", sourcefile: "own.ts", minify: true, sourcemap: "inline" });
  await writeFile(join(folder, "own.mjs"), code);
  const main = `
    import { thrownSite } from ${JSON.stringify(new URL("../../dist/studio/thrownSite.js", import.meta.url).href)};
    import { fail } from "./own.mjs";
    try { fail() } catch (error) { console.log(thrownSite(error.stack)) }`;
  await writeFile(join(folder, "main.mjs"), main);
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ["--enable-source-maps", join(folder, "main.mjs")]);
  expect(stdout.trim()).toBe(`${join(folder, "own.ts")}:4:9`);
});

it("is the nearest code of the program's own, not what it used", async () => {
  await writeFile(join(folder, "node_modules/thrower.mjs"), 'export const boom = () => { throw new Error("no"); };');
  const text = 'import { boom } from "./node_modules/thrower.mjs";\nexport const fail = () =>\n  boom();\n';
  expect(thrownSite(await stackOf("user.mjs", text))).toBe(`${join(folder, "user.mjs")}:3:3`);
});

it("is unknown for a stack that names no code of the program", () => {
  expect(thrownSite("Error: no\n    at process.x (node:internal/process:1:2)\nat nothing")).toBeUndefined();
  expect(thrownSite("")).toBeUndefined();
  expect(thrownSite("Error\n    at file://host:99999/x (1:2)\n    at (:1:2)")).toBeUndefined();
});
