// Packages the VS Code extension: extension/dist/agentscope-distributed.vsix, to be installed without a network.
//
//   npm run package
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleExtension, extensionFolder } from "./extension.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
export const vsixPath = join(extensionFolder, "dist/agentscope-distributed.vsix");
const largestBytes = 3 * 1024 * 1024;

/** False when it failed (why is on standard error by then). */
export async function packageExtension() {
  if (!(await bundleExtension())) return false;
  if (isCurrent()) return true;
  const vsce = join(root, "node_modules/@vscode/vsce/vsce");
  // Its prepublish script would bundle once more what is bundled.
  const args = [
    "package",
    "--no-dependencies",
    "--skip-license",
    "--allow-missing-repository",
    "--no-rewrite-relative-links",
    "--out",
    vsixPath,
  ];
  const done = spawnSync(process.execPath, [vsce, ...args], { cwd: extensionFolder, encoding: "utf8" });
  if (done.status !== 0) {
    console.error(`${done.stdout}${done.stderr}`);
    return false;
  }
  const { size } = statSync(vsixPath);
  if (size <= largestBytes) return true;
  console.error(`${vsixPath} has ${size} bytes, more than the ${largestBytes} that it may have.`);
  return false;
}

function isCurrent() {
  const made = statSync(vsixPath, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const parts = [
    "dist/bundle",
    "media",
    "walkthrough",
    "example",
    "package.json",
    "README.md",
    "CHANGELOG.md",
    ".vscodeignore",
  ];
  const files = parts
    .map((part) => join(extensionFolder, part))
    .filter((path) => existsSync(path))
    .flatMap((path) =>
      statSync(path).isDirectory()
        ? readdirSync(path, { recursive: true, encoding: "utf8" }).map((name) => join(path, name))
        : [path],
    );
  return files.every((path) => statSync(path).mtimeMs < made);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const ok = await packageExtension();
  if (ok) console.log(vsixPath);
  process.exitCode = ok ? 0 : 1;
}
