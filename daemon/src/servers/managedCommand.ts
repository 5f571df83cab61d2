import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { studioEnvironment } from "agentscope-distributed/studio";
import type { Home } from "../home/home.js";
import type { StartServer } from "../protocol/requests.js";
import { nodeProgram } from "../processes/nodeProgram.js";
import type { ServerCommand } from "./serverProcess.js";
import { workspaceSdk } from "./workspaceSdk.js";

/** What all managed servers of a daemon have in common. */
export interface ManagedContext {
  home: Home;
  /** A file with the token that callers of managed servers must show: one for all, so that they let each other in. */
  tokenFile: string;
}

/** How a managed server is started, in the version of the SDK that programs of its folder have. */
export function managedCommand(serverId: string, options: StartServer, context: ManagedContext): ServerCommand {
  const { cwd, host = "127.0.0.1", port = 0, agentDir, modelConfigPath, workers } = options;
  const {
    [studioEnvironment.url]: _url,
    [studioEnvironment.runId]: _runId,
    // The daemon's own, where a desktop editor runs it.
    ELECTRON_RUN_AS_NODE: _electron,
    ...env
  } = process.env;
  const given = {
    "--server-id": serverId,
    "--token-file": context.tokenFile,
    "--host": host,
    "--port": String(port),
    "--agent-dir": agentDir && resolve(cwd, agentDir),
    "--model-config-path": modelConfigPath && resolve(cwd, modelConfigPath),
    "--workers": workers?.toString(),
  };
  const args = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name, value]));
  return {
    command: nodeProgram(),
    script: workspaceSdk(cwd).command,
    args: ["start", "--managed", ...args],
    cwd,
    // By the folder the server finds the daemon, also one that was started again and has another port.
    env: { ...env, AGENTSCOPE_STATE_DIR: context.home.folder },
  };
}

/** Where a managed server's output goes. */
export function managedLogPath(home: Home, serverId: string): string {
  const folder = home.path("servers");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, `${encodeURIComponent(serverId).replaceAll(".", "%2E")}.log`);
}
