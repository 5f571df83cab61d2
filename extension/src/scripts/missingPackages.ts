import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const sdk = "agentscope-distributed";

/** What a script lacks, and what to type for it. */
export interface MissingPackages {
  /** Whether the folder's package.json asks for the SDK, and it was not installed. */
  isDeclared: boolean;
  folder: string;
  command: string;
}

interface PackageManifest {
  name?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

/** Undefined: the SDK is where the script finds it. */
export function missingPackages(script: string): MissingPackages | undefined {
  const folders = upwards(dirname(script));
  if (folders.some((folder) => existsSync(join(folder, "node_modules", sdk, "package.json")))) return undefined;
  // Yarn's way without node_modules: it alone knows what is installed.
  if (folders.some((folder) => existsSync(join(folder, ".pnp.cjs")))) return undefined;
  const home = folders.find((folder) => existsSync(join(folder, "package.json")));
  const manifest = home === undefined ? undefined : readManifest(join(home, "package.json"));
  if (manifest?.name === sdk) return undefined;
  const isDeclared = { ...manifest?.dependencies, ...manifest?.devDependencies }[sdk] !== undefined;
  const folder = home ?? dirname(script);
  const { install, add } = packageManager(upwards(folder));
  return { isDeclared, folder, command: isDeclared ? install : `${add} ${sdk}` };
}

function upwards(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...upwards(parent)];
}

function readManifest(path: string): PackageManifest | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as PackageManifest;
  } catch {
    // Written at this moment, or damaged: npm says so.
    return undefined;
  }
}

function packageManager(folders: readonly string[]): { install: string; add: string } {
  const has = (file: string) => folders.some((folder) => existsSync(join(folder, file)));
  if (has("pnpm-lock.yaml")) return { install: "pnpm install", add: "pnpm add" };
  if (has("yarn.lock")) return { install: "yarn install", add: "yarn add" };
  return { install: "npm install", add: "npm install" };
}
