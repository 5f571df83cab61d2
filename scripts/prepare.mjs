// Makes a clone ready to run: installs the dependencies when they are missing or package-lock.json changed since, and
// compiles what is older than its sources. Says nothing when there is nothing to do.
//
//   node scripts/prepare.mjs [PROJECT …]      a PROJECT is a folder with a tsconfig.json; default: the whole repository
//
// Runs before node_modules exists: only Node's own modules may be imported here.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleIsCurrent } from "./bundle.mjs";
import { webviewIsCurrent } from "./webview.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const workspaces = ["sdk", "daemon", "extension", "webview", "examples", "test"];
const compiled = [
  { sources: "sdk/src", output: "sdk/dist" },
  { sources: "daemon/src", output: "daemon/dist" },
  { sources: "extension/src", output: "extension/dist" },
  { sources: "webview/src", output: "webview/dist" },
  { sources: "examples", output: "examples/dist" },
  { sources: "test", output: "test/dist" },
];

/** @typedef {Record<string, any>} Json */
/** @param {string} path @returns {Json} */
const readJson = (path) => JSON.parse(readFileSync(join(root, path), "utf8"));

/**
 * Prepares the repository; false when that failed (what went wrong is on standard error by then).
 * @param {string[]} [projects]
 */
export function prepare(projects = ["."]) {
  return nodeIsNewEnough() && install() && build(projects) && linkCommands();
}

function nodeIsNewEnough() {
  const wanted = /** @type {string} */ (readJson("package.json").engines.node).replace(">=", "");
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split(".").map(Number);
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return true;
  console.error(`This repository needs Node ${wanted} or newer; this is Node ${process.versions.node}.`);
  return false;
}

function install() {
  const state = dependencies();
  if (state === "current") return true;
  console.error(state === "missing" ? "Installing the dependencies …" : "Updating the dependencies …");
  // No script of a package is run: older versions of npm do so without being asked, and some of them fetch programs.
  // Not `npm ci`: it would download all of node_modules again for one package that changed.
  const keepLockFile = state === "undeclared" ? [] : ["--no-save"];
  if (runNpm(["install", "--include=dev", "--prefer-offline", "--ignore-scripts", ...keepLockFile])) return true;
  console.error("The dependencies could not be installed (npm's words are above). Is the npm registry reachable?");
  return false;
}

/**
 * Shows what npm says only when it fails.
 * @param {string[]} words
 */
function runNpm(words) {
  const { command, args, shell } = npm([...words, "--loglevel=error"]);
  const done = spawnSync(command, args, { cwd: root, encoding: "utf8", shell });
  if (done.status !== 0) console.error(`${done.stdout ?? ""}${done.stderr ?? ""}${done.error?.message ?? ""}`);
  return done.status === 0;
}

/**
 * What node_modules is, compared to package-lock.json: `changed` when the lock file is newer, `undeclared` when a
 * package.json is newer than the lock file. npm writes node_modules/.package-lock.json last, so that an install that was
 * cut off counts as none.
 * @returns {"missing" | "undeclared" | "changed" | "current"}
 */
function dependencies() {
  if (!existsSync(join(root, "node_modules/.package-lock.json"))) return "missing";
  const wanted = readJson("package-lock.json").packages;
  const present = readJson("node_modules/.package-lock.json").packages;
  const lockedAsDeclared = ["", ...workspaces].every((folder) => {
    const manifest = readJson(join(folder, "package.json"));
    return ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"].every((kind) =>
      sameVersions(manifest[kind] ?? {}, wanted[folder]?.[kind] ?? {}),
    );
  });
  if (!lockedAsDeclared) return "undeclared";
  const installedAsLocked = Object.entries(wanted).every(([path, entry]) => {
    if (path === "" || workspaces.includes(path)) return true;
    const found = present[path];
    return found ? found.version === entry.version : entry.optional === true;
  });
  return installedAsLocked ? "current" : "changed";
}

/** @param {Record<string, string>} a @param {Record<string, string>} b */
function sameVersions(a, b) {
  return Object.keys(a).length === Object.keys(b).length && Object.keys(a).every((name) => a[name] === b[name]);
}

/**
 * The npm that runs this script, or the one on the PATH.
 * @param {string[]} args
 */
export function npm(args) {
  const running = process.env.npm_execpath;
  return running && basename(running).startsWith("npm-cli")
    ? { command: process.execPath, args: [running, ...args], shell: false }
    : { command: "npm", args, shell: process.platform === "win32" };
}

/** @param {string[]} projects */
function build(projects) {
  const done = spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "--build", ...projects], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  removeOrphans();
  return (
    done.status === 0 && (bundleIsCurrent() || bundle("bundle.mjs")) && (webviewIsCurrent() || bundle("webview.mjs"))
  );
}

/** @param {string} script */
function bundle(script) {
  const done = spawnSync(process.execPath, [join(root, "scripts", script)], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  return done.status === 0;
}

/** Makes the commands of our own packages: npm does so only for files that are there at the install, so never on a new clone. */
function linkCommands() {
  const unlinked = new Set();
  for (const folder of workspaces) {
    const { name, bin } = readJson(join(folder, "package.json"));
    for (const [command, path] of Object.entries(/** @type {Record<string, string>} */ (bin ?? {}))) {
      const file = join(root, folder, path);
      if (!existsSync(file)) continue;
      if (process.platform !== "win32" && (statSync(file).mode & 0o111) === 0) chmodSync(file, 0o755);
      if (!existsSync(join(root, "node_modules/.bin", command))) unlinked.add(name);
    }
  }
  return unlinked.size === 0 || runNpm(["rebuild", "--ignore-scripts", ...unlinked]);
}

/** tsc leaves the output of a deleted source behind, where it would still be imported and packed. */
function removeOrphans() {
  for (const { sources, output } of compiled) {
    if (!existsSync(join(root, output))) continue;
    for (const path of readdirSync(join(root, output), { recursive: true, encoding: "utf8" })) {
      const [, stem, kind] = /^(.+)\.d\.([mc]?)ts$/.exec(path) ?? [];
      if (stem === undefined) continue;
      if ([`${kind}ts`, `${kind}tsx`].some((ending) => existsSync(join(root, sources, `${stem}.${ending}`)))) continue;
      for (const ending of [`d.${kind}ts`, `d.${kind}ts.map`, `${kind}js`, `${kind}js.map`]) {
        rmSync(join(root, output, `${stem}.${ending}`), { force: true });
      }
    }
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const projects = process.argv.slice(2);
  process.exitCode = prepare(projects.length > 0 ? projects : undefined) ? 0 : 1;
}
