import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PackedPackage, run } from "./packedPackage.js";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const sdk = join(repository, "sdk");
const consumers = fileURLToPath(new URL("consumers", import.meta.url));
const program = (path: string): string => join(repository, "node_modules", path);

let packed: PackedPackage;
beforeAll(async () => {
  packed = await PackedPackage.of(sdk);
});
afterAll(() => packed?.[Symbol.asyncDispose]());

describe("the packed SDK", () => {
  test("carries its code, its types, its protocols, a readme and the license", () => {
    expect(packed.files).toEqual(
      expect.arrayContaining([
        "dist/bundle/index.js",
        "dist/index.d.ts",
        "dist/bundle/asServer.js",
        "README.md",
        "LICENSE",
      ]),
    );
    expect(packed.files.filter((path) => path.startsWith("proto/"))).not.toEqual([]);
  });

  test("carries no tests and nothing of the build", () => {
    expect(packed.files.filter((path) => /tsbuildinfo|\.test\.|^test\//.test(path))).toEqual([]);
  });

  test("carries the source of each source map", async () => {
    const maps = packed.files.filter((path) => path.endsWith(".js.map"));
    const sources = await Promise.all(
      maps.map(async (path) => {
        const map = JSON.parse(await readFile(join(sdk, path), "utf8")) as { sources: string[]; sourcesContent?: [] };
        return map.sourcesContent ? [] : map.sources.map((source) => join(path, "..", source));
      }),
    );
    expect(sources.flat().filter((source) => !packed.files.includes(source))).toEqual([]);
  });

  test("passes publint", async () => {
    const { messages, pkg } = await publint({ pack: { tarball: await tarball() }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  test("passes arethetypeswrong", async () => {
    const attw = program("@arethetypeswrong/cli/dist/index.js");
    const { exitCode, output } = await run(process.execPath, [attw, packed.tarball, "--profile", "esm-only"], sdk);
    expect(exitCode, output).toBe(0);
  });

  async function tarball(): Promise<ArrayBuffer> {
    const bytes = await readFile(packed.tarball);
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  }
});

/** What both consumers print: two rounds of local + 1, remote + 10. */
function expectResult(stdout: string): void {
  const { pid, content, doubled, hub } = JSON.parse(stdout) as {
    pid: number;
    content: { sum: number; pids: number[] };
    doubled: number;
    hub: string;
  };
  const [local, remote] = content.pids;
  expect({ sum: content.sum, doubled, hub }).toEqual({ sum: 22, doubled: 42, hub: "function" });
  expect(local).toBe(pid);
  expect(remote).not.toBe(pid);
  expect(content.pids).toEqual([local, remote, local, remote]);
}

describe("installed from the tarball into an empty project", () => {
  test("it works from strict TypeScript: compiles with library checks, local and child agents run", async () => {
    const project = await packed.installInto(join(consumers, "typescript"), [`@types/node@${await nodeTypes()}`]);
    const compiled = await run(process.execPath, [program("typescript/bin/tsc"), "-p", project], project);
    expect(compiled.exitCode, compiled.output).toBe(0);

    const finished = await run(process.execPath, [join(project, "out/main.js")], project);
    expect(finished.exitCode, finished.output).toBe(0);
    expectResult(finished.stdout);
  });

  test("it works from plain ESM JavaScript, without a type package or a loader", async () => {
    const project = await packed.installInto(join(consumers, "javascript"), []);
    const finished = await run(process.execPath, [join(project, "main.js")], project);
    expect(finished.exitCode, finished.output).toBe(0);
    expectResult(finished.stdout);
    await expectCommand(project);

    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1" };
    const untraced = await run(process.execPath, [join(project, "main.js")], { cwd: project, env });
    expect(untraced.exitCode, untraced.output).toBe(0);
    expectResult(untraced.stdout);
    const said = untraced.output.match(/OTEL_EXPORTER_OTLP_ENDPOINT is set, .*: npm install @opentelemetry\/sdk-node/g);
    expect(said, untraced.output).toHaveLength(1);
  });

  /** The command is there under its name, and its help names its options. */
  async function expectCommand(project: string): Promise<void> {
    const help = await run(join(project, "node_modules/.bin/as-server"), ["--help"], project);
    expect(help.exitCode, help.output).toBe(0);
    expect(help.stdout).toContain("--agent-dir");
  }

  async function nodeTypes(): Promise<string> {
    const manifest = await readFile(program("@types/node/package.json"), "utf8");
    return (JSON.parse(manifest) as { version: string }).version;
  }
});
