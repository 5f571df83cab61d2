import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type AgentDirReport,
  type AgentFileReport,
  formatAgentDirReport,
  scanAgentDir,
} from "../../src/server/agentDir.js";
import { fixture, inWorker } from "./classModulesWorker.js";

const good = fileURLToPath(fixture("good"));
const bad = fileURLToPath(fixture("bad"));

function loadReport(dir: string): Promise<AgentDirReport> {
  return inWorker(async ({ loadAgentDir }, folder) => (await loadAgentDir(folder, { timeLimitMs: 3000 })).report, dir);
}

describe("scanAgentDir", () => {
  const folder = mkdtempSync(join(tmpdir(), "agentscope-scan-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("finds modules in all subfolders, sorted, without declarations, hidden folders and node_modules", async () => {
    mkdirSync(join(folder, "sub/node_modules/package"), { recursive: true });
    mkdirSync(join(folder, ".git"));
    const files = ["b.ts", "a.mjs", "sub/c.cjs", "sub/d.mts", "e.js", "f.cts"];
    const others = [
      "b.d.ts",
      "d.d.mts",
      ".git/x.js",
      "sub/node_modules/package/index.js",
      "notes.md",
      "data.json",
      "g.tsx.txt",
    ];
    for (const file of [...files, ...others]) writeFileSync(join(folder, file), "");
    const found = (await scanAgentDir(folder)).map((path) => relative(folder, path).replaceAll("\\", "/"));
    expect(found).toEqual(["a.mjs", "b.ts", "e.js", "f.cts", "sub/c.cjs", "sub/d.mts"]);
  });

  it("leaves out JavaScript beside the TypeScript it was compiled from", async () => {
    for (const file of ["b.js", "sub/d.mjs"]) writeFileSync(join(folder, file), "");
    expect((await scanAgentDir(folder)).map((path) => relative(folder, path))).not.toContain("b.js");
    expect(await scanAgentDir(folder)).not.toContain(join(folder, "sub", "d.mjs"));
  });

  it("follows links once", async () => {
    symlinkSync(folder, join(folder, "sub/around"), "junction");
    expect(await scanAgentDir(folder)).toHaveLength(6);
  });

  it("says that a folder does not exist, or is a file", async () => {
    await expect(scanAgentDir(join(folder, "none"))).rejects.toThrow(/--agent-dir.*none does not exist/);
    await expect(scanAgentDir(join(folder, "b.ts"))).rejects.toThrow(/b\.ts is no folder/);
  });
});

describe("loadAgentDir", () => {
  it("takes every exported subclass of AgentBase, of all kinds of files", async () => {
    const { report, names } = await inWorker(async ({ loadAgentDir }, dir) => {
      const { report: files, classes } = await loadAgentDir(dir);
      return { report: files, names: [...classes.keys()] };
    }, good);
    const found = Object.fromEntries(
      report.files.map(({ file, classes }) => [relative(good, file).replaceAll("\\", "/"), classes]),
    );
    expect(found).toEqual({
      "casing.ts": [],
      "greeter.ts": ["Greeter"],
      "module.mjs": ["Wrapped"],
      "nested/deep.mts": ["Deep", "Plain"],
      "old.cjs": ["Old"],
      "phrases.ts": [],
      "plain.js": ["Plain", "Second"],
    });
    expect(names.sort()).toEqual(["Deep", "Greeter", "Old", "Plain", "Second", "Wrapped"]);
    expect(report.files.filter(({ error }) => error)).toEqual([]);
  });

  it("tells which file it comes to, before that file can block the thread", async () => {
    const seen = await inWorker(async ({ loadAgentDir }, dir) => {
      const files: string[] = [];
      await loadAgentDir(dir, { onFile: (file) => files.push(file) });
      return files;
    }, good);
    expect(seen).toEqual(await scanAgentDir(good));
  });

  it("tells subclasses of one decorated class apart", async () => {
    const { files } = await loadReport(fileURLToPath(fixture("twins")));
    expect(files.map(({ classes, notes = [] }) => [classes, notes.length])).toEqual([
      [["Base"], 0],
      [["Twin"], 0],
      [[], 1],
    ]);
  });

  describe("with bad files", () => {
    let report: AgentDirReport;
    beforeAll(async () => {
      report = await loadReport(bad);
    });
    const of = (name: string): AgentFileReport => {
      const found = report.files.find(({ file }) => relative(bad, file).replaceAll("\\", "/") === name);
      if (!found) throw new Error(`${name} is not in the report`);
      return found;
    };

    it("loads the good ones", () => {
      expect(of("a_fine.ts")).toEqual({ file: join(bad, "a_fine.ts"), classes: ["Fine"] });
      expect(report.files.map(({ file }) => file)).toEqual([...report.files.map(({ file }) => file)].sort());
      expect(report.files).toHaveLength(17);
    });

    it.each([
      ["throws.ts", "RangeError: no key is set", "throws.ts:6"],
      ["throwsText.js", "just a text", undefined],
      ["rejects.mjs", "TypeError: no connection", "rejects.mjs:5"],
      ["floats.js", "nobody waits for this", "floats.js:2"],
      ["syntaxError.ts", 'SyntaxError: Expected identifier but found ":"', "syntaxError.ts:4"],
      ["syntaxError.cjs", "SyntaxError: Unexpected token ';'", "syntaxError.cjs:2"],
      ["syntaxErrorInCommonJs.mjs", "SyntaxError: Unexpected token ';'", "syntaxError.cjs:2"],
      ["parts/half.js", "SyntaxError: Unexpected token '{'", join("parts", "half.js:3")],
      ["missingExport.ts", "SyntaxError: Unexpected token '{'", join("parts", "half.js:3")],
      ["exits.js", "it called process.exit(3) while it was loaded", "exits.js:5"],
      ["exitsInCommonJs.cjs", "it called process.exit(4) while it was loaded", "exitsInCommonJs.cjs:1"],
      ["neverEnds.mjs", "it was not loaded after 3 s: a top-level await does not end", undefined],
      ["missingFile.mts", "check the path in its import", undefined],
      ["missingPackage.js", "run npm install @no-such/model in its project", undefined],
    ])("reports %s: %s", (file, message, place) => {
      const { error, classes } = of(file);
      expect(classes).toEqual([]);
      expect(error?.message).toContain(message);
      expect(error?.place).toBe(place === undefined ? undefined : join(bad, place));
      expect(error?.stack).not.toBe("");
    });

    it("reports a package that CommonJS requires in vain", () => {
      const { message = "" } = of("missingRequired.cjs").error ?? {};
      expect(message).toMatch(/^Cannot find module 'no-such-package', required by .*; run npm install no-such-package/);
    });

    it("uses the first of two classes of the same name, and says so", () => {
      const { classes, notes = [] } = of("z_copy.ts");
      expect(classes).toEqual(["Finest"]);
      expect(notes).toEqual([
        expect.stringMatching(/^Fine is not used, since .*a_fine\.ts has a class of the same name/),
      ]);
    });

    it("does not import a file that blocked another thread, tells of each file that it does import, and reports both", async () => {
      const { told, files } = await inWorker(
        async ({ loadAgentDir }, dir) => {
          const loaded: string[] = [];
          const { report: found } = await loadAgentDir(dir, {
            timeLimitMs: 100,
            blocking: [`${dir}neverEnds.mjs`],
            onFile: (file) => loaded.push(file),
          });
          return { told: loaded, files: found.files };
        },
        bad.endsWith("/") ? bad : `${bad}/`,
      );
      const blocked = files.find(({ file }) => file.endsWith("neverEnds.mjs"));
      expect(blocked?.error?.message).toMatch(/computes without end while it is loaded/);
      expect(told).toHaveLength(files.length - 1);
      expect(told).not.toContain(blocked?.file);
    });

    it("restores process.exit, and a server that has such files still runs", async () => {
      const exits = await inWorker(async ({ loadAgentDir }, dir) => {
        const exit = Object.getOwnPropertyDescriptor(process, "exit")?.value as unknown;
        await loadAgentDir(dir, { timeLimitMs: 100 });
        const after = Object.getOwnPropertyDescriptor(process, "exit")?.value as unknown;
        return after === exit && process.listenerCount("uncaughtException") === 0;
      }, bad);
      expect(exits).toBe(true);
    });

    it("makes lines for a person: what was found, why a file failed and where", () => {
      const lines = formatAgentDirReport(report);
      expect(lines[0]).toMatch(
        /bad: 2 agent classes in 17 files; 15 files could not be loaded: correct them and start/,
      );
      expect(lines).toContainEqual(expect.stringMatching(/^ {2}.*a_fine\.ts: Fine$/));
      expect(lines).toContainEqual(
        expect.stringMatching(/^ {2}.*throws\.ts: could not be loaded: RangeError: no key is set \(.*throws\.ts:6\)$/),
      );
      expect(lines).toContainEqual(expect.stringMatching(/^ {2}.*z_copy\.ts: Fine is not used/));
      expect(lines.join("\n")).not.toContain("\n\n");
    });
  });
});

describe("formatAgentDirReport", () => {
  it("speaks of one file and of none", () => {
    const dir = process.cwd();
    const file = join(dir, "a.ts");
    expect(formatAgentDirReport({ dir: join(dir, "agents"), files: [] })).toEqual([
      "agents: 0 agent classes in 0 files",
    ]);
    expect(formatAgentDirReport({ dir, files: [{ file, classes: ["A"] }] }).at(-1)).toBe("  a.ts: A");
    expect(formatAgentDirReport({ dir, files: [{ file, classes: [] }] }).at(-1)).toBe("  a.ts: exports no agent class");
  });
});
