// Once for all end-to-end tests: a real VS Code with the packaged extension in it, and a browser to drive it with.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { codeServer } from "../../scripts/codeServer.mjs";
import { commandPath, needCommands } from "../../scripts/debianPackages.mjs";
import { packageExtension, vsixPath } from "../../scripts/package.mjs";

/** @param {import("vitest/node").TestProject} project */
export async function setup(project) {
  if (!(await packageExtension())) throw new Error("The extension could not be packaged; why stands above.");
  const programs = install();
  if ("unavailable" in programs) {
    project.provide("editor", programs);
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), "agents-e2e-"));
  const extensions = join(folder, "extensions");
  const profile = ["--config", join(folder, "config.yaml"), "--user-data-dir", join(folder, "data")];
  const args = [...profile, "--extensions-dir", extensions, "--install-extension", vsixPath, "--force"];
  const env = { ...process.env, HOME: folder, VSCODE_IPC_HOOK_CLI: "" };
  const done = spawnSync(programs.node, [programs.entry, ...args], { encoding: "utf8", env });
  if (done.status !== 0) throw new Error(`${vsixPath} could not be installed:\n${done.stdout}${done.stderr}`);
  project.provide("editor", { ...programs, extensions });
  return () => rmSync(folder, { recursive: true, force: true });
}

/** Where they can't be had, a person's tests go on without them; CI does not. */
function install() {
  try {
    needCommands({ chromium: "chromium" });
    const chromium = commandPath("chromium");
    if (!chromium) throw new Error("chromium was installed and is not on the PATH");
    return { ...codeServer(), chromium };
  } catch (error) {
    if (process.env.CI) throw error;
    const unavailable = error instanceof Error ? error.message : String(error);
    console.error(`The end-to-end tests are skipped: ${unavailable}`);
    return { unavailable };
  }
}
