import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const packageName = "agentscope-distributed";

/** The SDK that servers of a folder run with. */
export interface WorkspaceSdk {
  /** The script of its `as-server`. */
  command: string;
  version: string;
}

/** The one that programs in the folder import; where there is none, the daemon's own. */
export function workspaceSdk(folder: string): WorkspaceSdk {
  return installedFor(pathToFileURL(join(folder, "script.js")).href) ?? ownSdk();
}

function ownSdk(): WorkspaceSdk {
  const own = installedFor(import.meta.url);
  if (own === undefined) throw new Error(`the daemon's package ${packageName} is not installed`);
  return own;
}

function installedFor(importer: string): WorkspaceSdk | undefined {
  try {
    const manifestPath = createRequire(importer).resolve(`${packageName}/package.json`);
    const manifest = JSON.parse(readFileSync(manifestPath, "utf8")) as {
      version: string;
      bin?: Record<string, string>;
    };
    const bin = manifest.bin?.["as-server"];
    const command = bin && join(dirname(manifestPath), bin);
    return command && existsSync(command) ? { command, version: manifest.version } : undefined;
  } catch {
    // Not installed there.
    return undefined;
  }
}
