import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { Session, type Profiler } from "node:inspector";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { runInThisContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { isMainScript, locateClass, mainScriptError } from "../../src/agents/classLocation.js";
import { InvalidArgumentError } from "../../src/errors.js";

const folder = new URL("../../../test/fixtures/agentDirs/location/", import.meta.url);
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const stripsTypes = major > 22 || (major === 22 && minor >= 18);

/** Runs a script of the fixture folder as a program, and returns what it prints. */
async function run(args: string[], cwd: URL | string = folder): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--no-warnings", ...args], { cwd });
  return stdout;
}

/** What a fixture's `show` prints, with URLs below the folder shortened. */
async function shown(args: string[], cwd?: URL | string): Promise<unknown> {
  return JSON.parse((await run(args, cwd)).replaceAll(folder.href, ""));
}

describe("locateClass", () => {
  it("finds classes of ES modules and CommonJS, under any path, and the main script", async () => {
    expect(await shown(["main.js"])).toEqual([
      ["Plain", "plain.mjs", false],
      ["Old", "old.cjs", false],
      ["Plain", "sp%20ace%23%C3%A9/plain.mjs", false],
      ["Main", "main.js", true],
    ]);
    expect(await shown(["mainOld.cjs"])).toEqual([
      ["Old", "old.cjs", false],
      ["Main", "mainOld.cjs", true],
    ]);
  });

  it("finds classes of TypeScript that tsx runs, whether ES module or CommonJS", async () => {
    expect(await shown(["--import", "tsx", "mainTyped.ts"])).toEqual([
      ["Plain", "plain.mjs", false],
      ["Typed", "typed.ts", false],
      ["TypedOld", "commonjs/typedOld.ts", false],
      ["Main", "mainTyped.ts", true],
    ]);
    expect(await shown(["--import", "tsx", "commonjs/mainTypedOld.ts"])).toEqual([
      ["TypedOld", "commonjs/typedOld.ts", false],
      ["Main", "commonjs/mainTypedOld.ts", true],
    ]);
  });

  it.skipIf(!stripsTypes)("finds classes of TypeScript that Node runs itself", async () => {
    expect(await shown(["mainStripped.ts"])).toEqual([["Typed", "typed.ts", false]]);
  });

  it("finds a class that the test runner loaded", () => {
    class InTest {
      readonly kind = "test";
    }
    expect(locateClass(InTest)).toEqual({ url: import.meta.url, className: "InTest" });
  });

  it("finds a class of a worker thread", async () => {
    const program = `
      const { Worker } = require("node:worker_threads");
      new Worker('import("./main.js")', { eval: true });`;
    expect(await shown(["--eval", program])).toContainEqual(["Plain", "plain.mjs", false]);
  });

  it("gives the same answer object the second time", () => {
    class Twice {
      readonly kind = "test";
    }
    expect(locateClass(Twice)).toBe(locateClass(Twice));
  });

  it("says why evaluated, foreign and built-in classes are nowhere, and what to do", async () => {
    const lines = (await run(["unlocatable.mjs"])).trimEnd().split("\n");
    expect(lines).toHaveLength(5);
    expect(lines[0]).toMatch(/^INVALID_ARGUMENT: Class Evaluated can't be run .* made by evaluated code/);
    expect(lines[1]).toMatch(/Class Foreign .* code that is no file \(file:\/\/.*\/no\/such\/file\.js\)/);
    expect(lines[2]).toMatch(/Class Data .* code that is no file \(data:/);
    expect(lines[3]).toMatch(/Class EventEmitter .* built into Node\.js/);
    expect(lines[4]).toMatch(/Class Map .* no source text/);
    for (const line of lines) expect(line).toMatch(/Define the class in a module file, export it there/);
  });

  it("leaves an attached debugger and a running coverage measurement as they are", () => {
    const session = new Session();
    session.connect();
    const parsed: string[] = [];
    session.on("Debugger.scriptParsed", ({ params }) => parsed.push(params.url));
    session.post("Debugger.enable");
    session.post("Profiler.enable");
    session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
    class Watched {
      readonly kind = "test";
    }
    expect(locateClass(Watched).url).toBe(import.meta.url);
    expect(() => locateClass(runInThisContext("(class Made {})") as typeof Watched)).toThrow(InvalidArgumentError);

    const before = parsed.length;
    const made = runInThisContext("(n) => (n > 0 ? 1 : 2)", { filename: "afterwards.js" }) as (n: number) => number;
    for (let n = 0; n < 7; n += 1) made(n);
    expect(parsed.slice(before)).toContainEqual(expect.stringContaining("afterwards.js"));
    const counts: number[] = [];
    session.post("Profiler.takePreciseCoverage", (_error, { result }: Profiler.TakePreciseCoverageReturnType) => {
      const script = result.find(({ url }) => url.includes("afterwards.js"));
      counts.push(...(script?.functions ?? []).flatMap(({ ranges }) => ranges.map(({ count }) => count)));
    });
    session.disconnect();
    expect(counts).toContain(7);
  });
});

describe("isMainScript", () => {
  it("knows the script however it was named: without ending, by a link, by its folder", async () => {
    expect(await shown(["main"])).toContainEqual(["Main", "main.js", true]);
    const elsewhere = mkdtempSync(join(tmpdir(), "agentscope-location-"));
    try {
      symlinkSync(fileURLToPath(new URL("main.js", folder)), join(elsewhere, "linked.js"));
      symlinkSync(fileURLToPath(new URL("main.js", folder)), join(elsewhere, "index.js"));
      expect(await shown([join(elsewhere, "linked.js")])).toContainEqual(["Main", "main.js", true]);
      expect(await shown(["."], elsewhere)).toContainEqual(["Main", "main.js", true]);
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  });

  it("knows the script under tsx, without its ending too", async () => {
    const tsx = fileURLToPath(new URL("../../../node_modules/tsx/dist/cli.mjs", import.meta.url));
    expect(await shown([tsx, "mainTyped"])).toContainEqual(["Main", "mainTyped.ts", true]);
  });

  it("takes no module for the main script where there is none", async () => {
    expect(await shown(["--eval", 'import("./main.js")'])).toContainEqual(["Main", "main.js", false]);
    expect(isMainScript("node:fs")).toBe(false);
    expect(isMainScript(pathToFileURL(join(tmpdir(), "no-such-file.js")).href)).toBe(false);
  });
});

describe("mainScriptError", () => {
  it("names the class and the file, and shows the two lines to write", () => {
    const error = mainScriptError("AgentA", pathToFileURL("/project/main.mts").href);
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error.message).toContain(`Class AgentA is defined in ${fileURLToPath(pathToFileURL("/project/main.mts"))}`);
    expect(error.message).toContain("agentA.mts:  export class AgentA extends AgentBase");
    expect(error.message).toContain('main.mts:  import { AgentA } from "./agentA.mjs";');
  });

  it("proposes a name for a class that has none", () => {
    const { message } = mainScriptError("", pathToFileURL("/project/main.js").href);
    expect(message).toContain("A class without a name is defined in");
    expect(message).toContain('main.js:  import { MyAgent } from "./myAgent.js";');
  });
});
