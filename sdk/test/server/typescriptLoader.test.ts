import { execFile } from "node:child_process";
import { chmodSync, cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { fixture, inWorker } from "./classModulesWorker.js";

describe("TypeScript modules", () => {
  it("run with decorators, enums, parameter properties, JSON, and imports with and without ending", async () => {
    const found = await inWorker(async ({ load, AgentBase }, url) => {
      const Greeter = await load(url, "Greeter");
      const greeter = new Greeter({ name: "A" });
      const reply = (await greeter["reply"]?.()) as { content: string };
      const source = String(greeter["ownSource"]?.());
      return {
        content: reply.content,
        calls: greeter["calls"] as unknown as string[],
        extendsBase: Object.getPrototypeOf(Greeter) === AgentBase,
        readsItself: source.includes("readonly greeting: Greeting = Greeting.Warm"),
      };
    }, fixture("good/greeter.ts").href);
    expect(found).toEqual({ content: "Welcome!", calls: ["reply"], extendsBase: true, readsItself: true });
  });

  it("of CommonJS have the same AgentBase, and each is evaluated once for import and require", async () => {
    const found = await inWorker(async ({ load, AgentBase }, folder) => {
      const Importer = await load(`${folder}/importer.mts`, "Importer");
      const Writer = await load(`${folder}/writer.cts`, "Writer");
      const Reader = await load(`${folder}/reader.ts`, "Reader");
      const reader = new Reader({ name: "A" });
      return {
        bases: [Reader, Writer].map((cls) => Object.getPrototypeOf(cls) === AgentBase),
        once: [Object.getPrototypeOf(Importer) === Reader, new Writer({ name: "B" })["reader"]?.() === Reader],
        ending: [reader["ending"]?.(), new Importer({ name: "C" })["ending"]?.()],
        readsItself: String(reader["ownSource"]?.()).includes("path.join(__dirname"),
      };
    }, fixture("commonjs").href);
    expect(found).toEqual({
      bases: [true, true],
      once: [true, true],
      ending: ["commonjs", "commonjs of a module"],
      readsItself: true,
    });
  });

  it("without a package type are what their syntax says", async () => {
    const found = await inWorker(async ({ load }, folder) => {
      const Modern = await load(`${folder}/modern.ts`, "Modern");
      const Located = await load(`${folder}/located.ts`, "Located");
      return [new Modern({ name: "A" })["state"]?.(), Located.name];
    }, fixture("untyped").href);
    expect(found).toEqual(["ready true", "Located"]);
  });

  it("get experimentalDecorators and path aliases from the tsconfig of their project", async () => {
    const found = await inWorker(
      async ({ load }, folder) => {
        const Seen = await load(`${folder}/legacy/agents/seen.ts`, "Seen");
        const Aliased = await load(`${folder}/aliases/agents/aliased.ts`, "Aliased");
        return [new Seen({ name: "A" })["look"]?.(), new Aliased({ name: "B" })["texts"]?.()];
      },
      fixture(".").href.replace(/\/$/, ""),
    );
    expect(found).toEqual([
      [["object", "look", "object"]],
      ["by an alias", "by an alias", "by an alias", "by the package"],
    ]);
  });

  it("keep the names of classes with decorators that refer to themselves, and of functions", async () => {
    const found = await inWorker(async ({ load }, url) => {
      const Deep = (await load(url, "Deep")) as unknown as { name: string; made: () => object };
      return [Deep.name, Deep.made().constructor.name, Deep.made.name];
    }, fixture("good/nested/deep.mts").href);
    expect(found).toEqual(["Deep", "Deep", "made"]);
  });

  it("give stacks with the lines as written", async () => {
    const stack = await inWorker(
      ({ load }, url) =>
        load(url, "Any").then(String, (error: unknown) => String(((error as Error).cause as Error).stack)),
      fixture("bad/throws.ts").href,
    );
    expect(stack).toMatch(/bad[\\/]throws\.ts:6:\d+/);
  });

  it("run where tsx is active too, as in a process that was started with it", async () => {
    const found = await inWorker(
      async ({ load, AgentBase }, url) => Object.getPrototypeOf(await load(url, "Greeter")) === AgentBase,
      fixture("good/greeter.ts").href,
      { execArgv: ["--import", "tsx"] },
    );
    expect(found).toBe(true);
  });
});

// Each starts several processes, and a compiler for most of them.
describe("compiled TypeScript", { timeout: 60_000 }, () => {
  /** A project of its own, and a folder for temporary files that nothing was compiled into yet. */
  function project(): { folder: string; temporary: string; remove: () => void } {
    const root = mkdtempSync(join(tmpdir(), "agentscope-compiled-"));
    const folder = join(root, "project");
    cpSync(fileURLToPath(fixture("good")), folder, { recursive: true });
    symlinkSync(
      fileURLToPath(new URL("../../../node_modules", import.meta.url)),
      join(folder, "node_modules"),
      "junction",
    );
    const temporary = mkdtempSync(join(root, "temporary-"));
    return { folder, temporary, remove: () => rmSync(root, { recursive: true }) };
  }

  /** Prints the name of the class, and how many compiler processes it took. */
  const program = `
    import childProcess from "node:child_process";
    import { loadClass } from ${JSON.stringify(new URL("../../dist/server/classModules.js", import.meta.url).href)};
    const { spawn } = childProcess;
    let compilers = 0;
    childProcess.spawn = (...args) => {
      compilers += 1;
      return spawn(...args);
    };
    const cls = await loadClass({ url: process.argv[1], className: "Greeter" });
    console.log(JSON.stringify([cls.name, compilers]));`;

  async function run(folder: string, temporary: string): Promise<unknown> {
    const url = pathToFileURL(join(folder, "greeter.ts")).href;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--no-warnings", "--input-type=module", "--eval", program, url],
      { env: { ...process.env, TMPDIR: temporary, TMP: temporary, TEMP: temporary } },
    );
    return JSON.parse(stdout);
  }

  it("is kept for other processes, and compiled again when the file changes or the cache is gone", async () => {
    const { folder, temporary, remove } = project();
    try {
      expect(await run(folder, temporary)).toEqual(["Greeter", 1]);
      expect(readdirSync(temporary)).toEqual([expect.stringMatching(/^agentscope-typescript-/)]);
      expect(await run(folder, temporary)).toEqual(["Greeter", 0]);
      writeFileSync(
        join(folder, "phrases.ts"),
        "export enum Greeting { Warm = 'hello' }\nexport const phraseOf = String;\n",
      );
      expect(await run(folder, temporary)).toEqual(["Greeter", 1]);
      expect(await run(folder, join(temporary, "not", "there"))).toEqual(["Greeter", 1]);
    } finally {
      remove();
    }
  });

  it.skipIf(process.platform === "win32")("is not taken from a folder that others can write to", async () => {
    const { folder, temporary, remove } = project();
    try {
      await run(folder, temporary);
      for (const cache of readdirSync(temporary)) chmodSync(join(temporary, cache), 0o777);
      expect(await run(folder, temporary)).toEqual(["Greeter", 1]);
    } finally {
      remove();
    }
  });
});
