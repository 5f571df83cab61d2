import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Discovery, discoveryPath, readDiscovery } from "agentscope-distributed/studio";
import { StartedProcess, type StartOptions } from "./startedProcess.js";
import { TemporaryFolder } from "./temporaryFolder.js";

/** The file of the command, as the package names it. */
export const asStudioCommand = (() => {
  const manifest = createRequire(import.meta.url).resolve("agentscope-distributed-daemon/package.json");
  const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as { bin: { "as-studio": string } };
  return join(dirname(manifest), bin["as-studio"]);
})();

/** A state folder of a test's own, in which no daemon is found but the test's. */
export class StateFolder implements AsyncDisposable {
  private constructor(private readonly folder: TemporaryFolder) {}

  static async make(): Promise<StateFolder> {
    return new StateFolder(await TemporaryFolder.make());
  }

  get path(): string {
    return this.folder.file("state");
  }

  get env(): Record<string, string> {
    return { AGENTSCOPE_STATE_DIR: this.path };
  }

  /** The daemon that the discovery file names. */
  get found(): Discovery | undefined {
    return readDiscovery(discoveryPath(this.path));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.folder[Symbol.asyncDispose]();
  }
}

/** `as-studio` in a process of its own, as a terminal starts it. */
export class DaemonProcess extends StartedProcess {
  /** @param args after `--port 0`, so that tests beside each other do not meet */
  constructor(state: StateFolder, { args = [], env = {}, ...options }: StartOptions = {}) {
    super(asStudioCommand, { ...options, args: ["--port", "0", ...args], env: { ...env, ...state.env } });
  }

  /** Starts one, and waits until it is ready. */
  static async start(state: StateFolder, options: StartOptions = {}): Promise<DaemonProcess> {
    const daemon = new DaemonProcess(state, options);
    try {
      await daemon.says("event");
      return daemon;
    } catch (error) {
      await daemon[Symbol.asyncDispose]();
      throw error;
    }
  }
}

/** Any other command of `as-studio`, which runs. */
export function asStudioProcess(state: StateFolder, ...args: string[]): StartedProcess {
  return new StartedProcess(asStudioCommand, { args, env: state.env });
}

/** Any other command of `as-studio`, to its end. */
export async function asStudio(state: StateFolder, ...args: string[]): Promise<StartedProcess> {
  const command = asStudioProcess(state, ...args);
  await command.ended;
  return command;
}
