import { spawnSync } from "node:child_process";
import { cp } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { TemporaryFolder } from "../../processes/temporaryFolder.js";
import { neededEditor } from "./installedEditor.js";

// This module lies below test/dist/.
const sources = fileURLToPath(new URL("../../../e2e/extensions/", import.meta.url));
const vsce = createRequire(import.meta.url).resolve("@vscode/vsce/vsce");

/** Installs an extension of `extensions/` beside ours, in a folder of the test's; gives the folder of the extensions. */
export async function withExtension(name: string, folder: TemporaryFolder): Promise<string> {
  const { node, entry, extensions: ours } = neededEditor();
  const extensions = folder.file("extensions");
  await cp(ours, extensions, { recursive: true });
  const vsix = folder.file(`${name}.vsix`);
  const flags = ["--no-dependencies", "--skip-license", "--allow-missing-repository"];
  run(process.execPath, [vsce, "package", ...flags, "--out", vsix], { cwd: `${sources}${name}` });
  const profile = ["--config", folder.file("config.yaml"), "--user-data-dir", folder.file("data")];
  const args = [entry, ...profile, "--extensions-dir", extensions, "--install-extension", vsix, "--force"];
  run(node, args, { env: { ...process.env, HOME: folder.path, VSCODE_IPC_HOOK_CLI: "" } });
  return extensions;
}

function run(program: string, args: string[], options: { cwd?: string; env?: NodeJS.ProcessEnv }): void {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", ...options });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} failed:\n${stdout}${stderr}`);
}
