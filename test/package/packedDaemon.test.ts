import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PackedPackage, run } from "./packedPackage.js";

const repository = fileURLToPath(new URL("../..", import.meta.url));

let sdk: PackedPackage;
let daemon: PackedPackage;
let empty: string;
beforeAll(async () => {
  sdk = await PackedPackage.of(join(repository, "sdk"));
  daemon = await PackedPackage.of(join(repository, "daemon"));
  empty = await mkdtemp(join(tmpdir(), "agentscope-empty-"));
  await writeFile(join(empty, "package.json"), '{"name":"empty","private":true,"type":"module"}');
});
afterAll(async () => {
  await sdk?.[Symbol.asyncDispose]();
  await daemon?.[Symbol.asyncDispose]();
  await rm(empty, { recursive: true, force: true });
});

test("the packed daemon carries its code, its pages, its protocol's types, a readme and the license, and no tests", () => {
  expect(daemon.files).toEqual(
    expect.arrayContaining([
      "dist/bin/asStudio.js",
      "dist/protocol/index.d.ts",
      "dist/pages/site/studio.js",
      "README.md",
      "LICENSE",
    ]),
  );
  expect(daemon.files.filter((path) => /tsbuildinfo|\.test\.|^test\//.test(path))).toEqual([]);
});

test("it passes publint", async () => {
  const bytes = await readFile(daemon.tarball);
  const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
  expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
});

test("installed with the SDK into an empty project, as-studio starts in the background, is found, and stops", async () => {
  const project = await daemon.installInto(empty, [sdk.tarball]);
  const state = join(project, "state");
  const asStudio = (...args: string[]) =>
    run(join(project, "node_modules/.bin/as-studio"), args, { cwd: project, env: { AGENTSCOPE_STATE_DIR: state } });
  const started = await asStudio("start", "--detached", "--port", "0", "--idle-seconds", "60");
  expect(started.exitCode, started.output).toBe(0);
  const { pid } = JSON.parse(started.stdout) as { pid: number };
  const status = await asStudio("status", "--json");
  expect(JSON.parse(status.stdout)).toMatchObject({ running: true, pid, servers: 0 });
  const stopped = await asStudio("stop");
  expect(stopped.exitCode, stopped.output).toBe(0);
  expect((await asStudio("status")).exitCode).toBe(1);
});
