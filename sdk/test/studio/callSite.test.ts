import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { transform } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callSite } from "../../src/studio/callSite.js";

let root: string;
/** Node itself loads what is in a folder of this name. */
let folder: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "as-site-"));
  folder = join(root, "dist");
  await mkdir(join(folder, "node_modules"), { recursive: true });
});

afterAll(() => rm(root, { recursive: true }));

type Caller = (site: () => unknown) => unknown;

/** A function of a module with this text, that calls what it is given. */
async function load(name: string, text: string): Promise<Caller> {
  const file = join(folder, name);
  await writeFile(file, text);
  return ((await import(pathToFileURL(file).href)) as { call: Caller }).call;
}

describe("where a call stands in a script", () => {
  it("is its place in the source that the file was compiled from, by the map in the file or beside it", async () => {
    const source =
      "interface Unused { a: string }\n\nexport const call = (site: () => unknown): unknown =>\n  site();\n";
    const options = { loader: "ts", sourcefile: "script.ts", minify: true } as const;
    const inline = await transform(source, { ...options, sourcemap: "inline" });
    expect((await load("inline.mjs", inline.code))(callSite)).toBe(`${join(folder, "script.ts")}:4:3`);
    const { code, map } = await transform(source, { ...options, sourcemap: "external" });
    await writeFile(join(folder, "beside.mjs.map"), map);
    const beside = await load("beside.mjs", `${code}//# sourceMappingURL=beside.mjs.map\n`);
    expect(beside(callSite)).toBe(`${join(folder, "script.ts")}:4:3`);
  });

  it("is its place in the file where there is no map, or none that can be read", async () => {
    const text = "export const call = (site) =>\n  site();\n//# sourceMappingURL=gone.map\n";
    expect((await load("plain.mjs", text))(callSite)).toBe(`${join(folder, "plain.mjs")}:2:3`);
  });

  it("leaves out packages and Node itself", async () => {
    const call = await load("node_modules/each.mjs", "export const call = (site) => [1].map(() => site())[0];\n");
    expect(call(callSite)).toContain("callSite.test.ts");
  });

  it("leaves the program's own way to read stacks as it was", () => {
    const own = (error: Error): string => `own ${error.message}`;
    Error.prepareStackTrace = own;
    try {
      callSite();
      expect(Error.prepareStackTrace === own).toBe(true);
    } finally {
      Reflect.deleteProperty(Error, "prepareStackTrace");
    }
    expect(new Error("usual").stack).toContain("callSite.test.ts");
  });
});
