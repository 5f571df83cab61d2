import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { nodeProgram } from "../../src/processes/nodeProgram.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "node-program-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program that says which version it is, as Node does. */
function program(name: string, says: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\necho ${says}\n`);
  chmodSync(path, 0o755);
  return path;
}

const editor = "/opt/editor/editor";
const inEditor = (env: NodeJS.ProcessEnv) => nodeProgram({ execPath: editor, isElectron: true, env });

// Scripts of a shell stand for other versions of Node here.
describe.runIf(process.platform !== "win32")("the Node for scripts and servers", () => {
  test("is the daemon's own, where that is Node", () => {
    expect(nodeProgram()).toBe(process.execPath);
    expect(nodeProgram({ execPath: process.execPath, isElectron: false, env: { PATH: "" } })).toBe(process.execPath);
  });

  test("is the first of the PATH that is new enough, where the daemon's is a desktop editor", () => {
    program("node", "v18.20.4");
    const path = [folder, join(process.execPath, "..")].join(delimiter);
    expect(inEditor({ PATH: path })).toBe(process.execPath);
  });

  test("is asked for where none of the PATH is new enough, with what was found", () => {
    const old = program("node", "v20.18.3");
    expect(() => inEditor({ PATH: folder })).toThrow(
      `scripts and agent servers need Node.js 20.19 or newer, and ${old} is v20.18.3: install it from nodejs.org`,
    );
    expect(() => inEditor({ PATH: join(folder, "nowhere") })).toThrow("there is none on the PATH");
  });

  test("is the one that AGENTSCOPE_NODE names, if that will do", () => {
    const named = program("node22", "v22.12.0");
    expect(inEditor({ PATH: "", AGENTSCOPE_NODE: named })).toBe(named);
    const other = program("other", "hello");
    expect(() => inEditor({ PATH: "", AGENTSCOPE_NODE: other })).toThrow(
      `${other} (AGENTSCOPE_NODE, or the setting agentscope.node.path) can't run scripts: it does not run`,
    );
    const missing = join(folder, "missing");
    expect(() => nodeProgram({ execPath: "x", isElectron: false, env: { AGENTSCOPE_NODE: missing } })).toThrow(missing);
  });
});
