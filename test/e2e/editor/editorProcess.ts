import { createServer } from "node:net";
import { StartedProcess } from "../../processes/startedProcess.js";
import { until } from "../../processes/until.js";
import type { neededEditor } from "./installedEditor.js";
import type { Profile } from "./profile.js";

/** What an editor's own terminals tell programs in them: with it, code-server would speak to the editor around it. */
const outerEditor = { VSCODE_IPC_HOOK_CLI: "", VSCODE_GIT_IPC_HANDLE: "", NODE_OPTIONS: "" };
/** Of the tests' own surroundings, where daemons are off. */
const noChoice = { AGENTSCOPE_STUDIO_URL: "" };

/** A running VS Code, without a window. */
export class EditorProcess implements AsyncDisposable {
  private constructor(
    private readonly process: StartedProcess,
    readonly url: string,
  ) {}

  static async start(editor: ReturnType<typeof neededEditor>, profile: Profile): Promise<EditorProcess> {
    const port = await freePort();
    const process = new StartedProcess(editor.entry, {
      node: editor.node,
      env: { ...outerEditor, ...noChoice, ...profile.environment },
      args: [
        ...["--config", profile.path("config.yaml"), "--user-data-dir", profile.data],
        ...["--extensions-dir", editor.extensions, "--bind-addr", `127.0.0.1:${port}`, "--auth", "none"],
        ...["--disable-telemetry", "--disable-update-check", "--disable-getting-started-override"],
      ],
    });
    const started = new EditorProcess(process, `http://127.0.0.1:${port}`);
    await until(() => started.isHealthy(), { timeoutMs: 30_000, what: "VS Code's answer" }).catch(
      async (error: unknown) => {
        await process[Symbol.asyncDispose]();
        throw new Error(`VS Code did not start:\n${process.stdout}\n${process.stderr}`, { cause: error });
      },
    );
    return started;
  }

  get output(): string {
    return this.process.stdout + this.process.stderr;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
  }

  private async isHealthy(): Promise<boolean> {
    if (this.process.end) throw new Error("it has ended");
    return fetch(`${this.url}/healthz`).then(
      (answer) => answer.ok,
      () => false,
    );
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
