import { execFile } from "node:child_process";
import { createConnection, type Socket } from "node:net";
import { homedir } from "node:os";
import { type Discovery, discoveryPath, readDiscovery, stateFolder } from "agentscope-distributed/studio";
import { DaemonFailure } from "./daemonFailure.js";

export interface LaunchOptions {
  /** The path of the daemon's script. */
  script: string;
  /** Whether a daemon may be started where none is running. */
  mayStart: boolean;
  /** After how many seconds in which nothing needed it a daemon that is started ends. Default: as the daemon says, a minute. */
  idleSeconds?: number;
  /** The Node for scripts and servers of a daemon that is started. Default: the daemon finds one. */
  nodePath?: string | undefined;
  /** How long the start of a daemon may take; default: 20 s. */
  startTimeoutMs?: number;
  /** Default: this process's own. */
  env?: NodeJS.ProcessEnv;
}

/** An open connection to a daemon, on which nothing was said yet. */
export interface JoinedDaemon {
  socket: Socket;
  discovery: Discovery;
  /** Whether it was started for this. */
  started: boolean;
}

/**
 * Connects to the daemon that runs for this user, or to one that is started now. Several windows that do this at once get the same
 * daemon: of two that are started, the later one ends by itself.
 *
 * @throws DaemonFailure when there is none to connect to.
 */
export async function joinDaemon(options: LaunchOptions): Promise<JoinedDaemon> {
  const env = options.env ?? process.env;
  const running = await connectToFound(env);
  if (running) return { ...running, started: false };
  if (!options.mayStart) throw new DaemonFailure("down", "No daemon is running.");
  await startDaemon(options, env);
  const started = await connectToFound(env);
  if (started) return { ...started, started: true };
  throw new DaemonFailure("down", "The daemon was started, and has ended already.");
}

/** Resolves when there is one, which outlives this process. */
function startDaemon(
  { script, idleSeconds, nodePath, startTimeoutMs = 20_000 }: LaunchOptions,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const options = { cwd: homedir(), env: daemonEnvironment(env, nodePath), timeout: startTimeoutMs, windowsHide: true };
  const idle = idleSeconds === undefined ? [] : ["--idle-seconds", String(idleSeconds)];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [script, "start", "--detached", ...idle], options, (error, _stdout, stderr) => {
      if (!error) return resolve();
      const said = stderr.trim().split("\n").slice(-5).join("\n");
      const late = `it was not there after ${startTimeoutMs / 1000} s`;
      const why = said || (error.killed ? late : error.message);
      return reject(new DaemonFailure("down", `The daemon could not be started: ${why}`, { cause: error }));
    });
  });
}

/** Undefined when no daemon listens where the discovery file says. */
async function connectToFound(env: NodeJS.ProcessEnv): Promise<Omit<JoinedDaemon, "started"> | undefined> {
  const discovery = readDiscovery(discoveryPath(stateFolder(env)));
  if (!discovery) return undefined;
  const socket = createConnection(discovery.pipe);
  return new Promise((resolve) => {
    const refused = () => {
      socket.destroy();
      resolve(undefined);
    };
    socket.once("error", refused);
    socket.once("connect", () => {
      socket.off("error", refused);
      resolve({ socket, discovery });
    });
  });
}

/** Without what the editor tells its own processes. In a desktop editor, `process.execPath` is Node only when it is told so. */
function daemonEnvironment(env: NodeJS.ProcessEnv, nodePath: string | undefined): NodeJS.ProcessEnv {
  const own = Object.entries(env).filter(([name]) => !name.startsWith("VSCODE_"));
  return {
    ...Object.fromEntries(own),
    ELECTRON_RUN_AS_NODE: "1",
    ...(nodePath !== undefined && { AGENTSCOPE_NODE: nodePath }),
  };
}
