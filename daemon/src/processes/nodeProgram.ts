import { spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { StudioError } from "../errors.js";

/** What decides which Node runs scripts and agent servers. */
export interface NodeSurroundings {
  execPath: string;
  /** Whether `execPath` is a desktop editor, which is Node for programs that it starts for itself. */
  isElectron: boolean;
  env: NodeJS.ProcessEnv;
}

/** The oldest that the SDK runs on. */
const oldest = { major: 20, minor: 19 };
/** How long a program may take to say which version it is, in milliseconds. */
const answerMs = 5000;
/** By path; asking takes 40 ms, and the answer stays. */
const versions = new Map<string, string>();

/**
 * The Node for scripts and agent servers: the one that `AGENTSCOPE_NODE` names; else the daemon's own; else, where that is a desktop
 * editor's, the first on the PATH that is new enough. An editor's own is left to itself: it is another Node than the person's, and
 * native modules of the workspace do not load in it.
 *
 * @throws StudioError when there is none; the message says what would help.
 */
export function nodeProgram(surroundings: NodeSurroundings = here()): string {
  const { execPath, isElectron, env } = surroundings;
  const named = env["AGENTSCOPE_NODE"];
  if (named !== undefined && named !== "") {
    const version = versionOf(named);
    if (isNewEnough(version)) return named;
    const what = version === undefined ? "it does not run" : `it is ${version}`;
    throw StudioError.refused(
      `${named} (AGENTSCOPE_NODE, or the setting agentscope.node.path) can't run scripts: ${what}, and ${needed} is needed`,
    );
  }
  if (!isElectron) return execPath;
  const found = onPath(env).map((path) => ({ path, version: versionOf(path) }));
  const fitting = found.find(({ version }) => isNewEnough(version));
  if (fitting !== undefined) return fitting.path;
  const [first] = found;
  const what =
    first === undefined ? "there is none on the PATH" : `${first.path} is ${first.version ?? "none that runs"}`;
  throw StudioError.refused(
    `scripts and agent servers need ${needed}, and ${what}: install it from nodejs.org and restart the editor, or name it in the ` +
      "setting agentscope.node.path",
  );
}

const needed = `Node.js ${oldest.major}.${oldest.minor} or newer`;

function here(): NodeSurroundings {
  return { execPath: process.execPath, isElectron: "electron" in process.versions, env: process.env };
}

function onPath(env: NodeJS.ProcessEnv): string[] {
  const names = process.platform === "win32" ? ["node.exe"] : ["node"];
  const folders = (env["PATH"] ?? env["Path"] ?? "").split(delimiter).filter(isAbsolute);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).filter(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Such as `v22.1.0`; undefined: it is no Node that runs here. */
function versionOf(program: string): string | undefined {
  const known = versions.get(program);
  if (known !== undefined) return known;
  const { stdout } = spawnSync(program, ["--version"], { encoding: "utf8", timeout: answerMs, windowsHide: true });
  const [version] = /^v\d+\.\d+\.\d+\S*/.exec(stdout ?? "") ?? [];
  if (version !== undefined) versions.set(program, version);
  return version;
}

function isNewEnough(version: string | undefined): boolean {
  const [major = 0, minor = 0] = (version ?? "").slice(1).split(".").map(Number);
  return major > oldest.major || (major === oldest.major && minor >= oldest.minor);
}
