import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { fixture, inWorker } from "./classModulesWorker.js";

const folder = mkdtempSync(join(tmpdir(), "agentscope-modules-"));
afterAll(() => rmSync(folder, { recursive: true }));

mkdirSync(join(folder, "node_modules"));
symlinkSync(
  fileURLToPath(new URL("../../", import.meta.url)),
  join(folder, "node_modules/agentscope-distributed"),
  "junction",
);

/** Writes a module into a folder from which the SDK can be imported, and gives its URL. */
function module(name: string, ...lines: string[]): string {
  const path = join(folder, name);
  writeFileSync(path, ['import { agent, AgentBase } from "agentscope-distributed";', ...lines].join("\n"));
  return pathToFileURL(path).href;
}

/** The name of the class that is loaded, or what the error says. */
function loaded(url: string, className: string): Promise<string> {
  return inWorker(({ load }, args) => load(args.url, args.className).then((cls) => cls.name), { url, className });
}

describe("loadClass", () => {
  it("loads plain JavaScript with no compiler", async () => {
    const found = await inWorker(async ({ load, AgentBase }, url) => {
      const cls = await load(url, "Wrapped");
      const compiler = Object.keys(require.cache).filter((path) => path.includes("esbuild"));
      return { name: cls.name, extendsBase: Object.getPrototypeOf(cls) === AgentBase, compiler };
    }, fixture("good/module.mjs").href);
    expect(found).toEqual({ name: "Wrapped", extendsBase: true, compiler: [] });
  });

  it("finds a class by its own name, whatever it is exported as", async () => {
    const url = module("renamed.mjs", "class AgentA extends AgentBase {}", "export { AgentA as Exported };");
    expect(await loaded(url, "AgentA")).toBe("AgentA");
  });

  it("finds a default export, with and without a name", async () => {
    expect(await loaded(module("main.mjs", "export default class Main extends AgentBase {}"), "Main")).toBe("Main");
    expect(await loaded(module("unnamed.mjs", "export default class extends AgentBase {}"), "default")).toBe("default");
    expect(await loaded(module("wrapped.mjs", "export const Made = agent(class extends AgentBase {});"), "")).toBe("");
  });

  it("finds a class of CommonJS that Node does not see among the exports", async () => {
    expect(await loaded(fixture("good/old.cjs").href, "Old")).toBe("Old");
  });

  it("finds a class that a compiler renamed in the main process", async () => {
    expect(await loaded(fixture("good/nested/deep.mts").href, "_Deep")).toBe("Deep");
  });

  it("gives the decorated class, from which the class as written can be had", async () => {
    const found = await inWorker(async ({ load }, url) => {
      const cls = (await load(url, "Greeter")) as unknown as Record<symbol, { name: string }>;
      const raw = cls[Symbol.for("agentscope.rawAgentClass")];
      return { name: raw?.name, same: raw === (cls as unknown) };
    }, fixture("good/greeter.ts").href);
    expect(found).toEqual({ name: "Greeter", same: false });
  });

  it("imports a module once, for all its classes and at whatever time", async () => {
    const url = module(
      "once.mjs",
      "globalThis.runs = (globalThis.runs ?? 0) + 1;",
      "export class A extends AgentBase {}",
    );
    const runs = await inWorker(async ({ load }, each) => {
      await Promise.all([load(each, "A"), load(each, "A")]);
      await load(each, "A");
      return (globalThis as { runs?: number }).runs;
    }, url);
    expect(runs).toBe(1);
  });

  it("says which agent classes a module exports when the wanted one is not among them", async () => {
    const two = module(
      "two.mjs",
      "export class A extends AgentBase {}",
      "export class B extends AgentBase {}",
      "class Hidden {}",
    );
    await expect(loaded(two, "Hidden")).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringMatching(
        /two\.mjs exports no class Hidden, .* it exports the agent classes A, B\. Write export class Hidden/,
      ) as string,
    });
    const url = module("nothing.mjs", "export const text = 1;");
    await expect(loaded(url, "Hidden")).rejects.toThrow(
      /nothing\.mjs exports no class Hidden, .* it exports no agent class/,
    );
  });

  it("says that a class is no agent's", async () => {
    const url = module("foreign.mjs", "export class Foreign {}");
    await expect(loaded(url, "Foreign")).rejects.toThrow(/Foreign of .*foreign\.mjs is no subclass of AgentBase/);
  });

  it("says why a module can't be loaded, with file and line, and keeps its own error", async () => {
    await expect(loaded(fixture("bad/throws.ts").href, "Any")).rejects.toMatchObject({
      message: expect.stringMatching(
        /throws\.ts can't be loaded: RangeError: no key is set \(.*throws\.ts:6\)$/,
      ) as string,
      cause: expect.objectContaining({ name: "RangeError", message: "no key is set" }) as Error,
    });
    await expect(loaded(fixture("bad/no-such-file.js").href, "Any")).rejects.toThrow(
      /no-such-file\.js can't be loaded: Cannot find/,
    );
    await expect(loaded(fixture("bad/syntaxError.cjs").href, "Any")).rejects.toThrow(/\(.*syntaxError\.cjs:2\)$/);
    await expect(loaded(fixture("bad/syntaxErrorInCommonJs.mjs").href, "Any")).rejects.toThrow(
      /\(.*syntaxError\.cjs:2\)$/,
    );
  });
});
