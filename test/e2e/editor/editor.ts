import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { isAlive } from "../../processes/processTable.js";
import { until } from "../../processes/until.js";
import { EditorProcess } from "./editorProcess.js";
import { neededEditor } from "./installedEditor.js";
import { Profile } from "./profile.js";
import { Workbench } from "./workbench.js";

const chromiumArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
];

/** How long anything on the screen may take, in milliseconds: a workbench on a busy machine takes its time. */
const slowestMs = 90_000;

/** A person's VS Code with our extension, and a browser to look at it; all of it ends with the test, the daemon too. */
export class Editor implements AsyncDisposable {
  private constructor(
    readonly profile: Profile,
    private readonly process: EditorProcess,
    private readonly browser: Browser,
  ) {}

  /**
   * @param settings over those that make tests steady.
   * @param more `extensions`: a folder of extensions, in place of the one that has ours alone
   */
  static async start(settings: Record<string, unknown> = {}, more: { extensions?: string } = {}): Promise<Editor> {
    const installed = { ...neededEditor(), ...more };
    const stack: AsyncDisposable[] = [];
    try {
      const profile = await Profile.make(settings);
      stack.push(profile);
      const process = await EditorProcess.start(installed, profile);
      stack.push(process);
      const browser = await chromium.launch({ executablePath: installed.chromium, args: chromiumArguments });
      return new Editor(profile, process, browser);
    } catch (error) {
      for (const one of stack.reverse()) await one[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Opens a window on a folder, and waits until it is there. */
  async open(folder: string): Promise<Workbench> {
    const context = await this.browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    page.setDefaultTimeout(slowestMs);
    await page.goto(`${this.process.url}/?folder=${encodeURIComponent(folder)}`);
    const workbench = new Workbench(page);
    await workbench.ready();
    return workbench;
  }

  /** The lines of an output channel of the extension, from its file: what is on the screen is a part of it. */
  async channel(name: string): Promise<string> {
    const logs = join(this.profile.data, "logs");
    const files = await readdir(logs, { recursive: true }).catch(() => []);
    const texts = files
      .filter((file) => file.endsWith(`/${name}.log`))
      .map((file) => readFile(join(logs, file), "utf8"));
    return (await Promise.all(texts)).join("");
  }

  /** What helps to see why a test failed. */
  async evidence(): Promise<string> {
    return [this.process.output, await this.channel("AgentScope")].join("\n").slice(-8_000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const daemon = this.profile.daemon();
    await this.browser.close();
    await this.process[Symbol.asyncDispose]();
    if (daemon) await endDaemon(daemon.pid);
    await this.profile[Symbol.asyncDispose]();
  }
}

/** It outlives its editor by design. Servers that it started end with it when it is asked politely. */
async function endDaemon(pid: number): Promise<void> {
  if (!isAlive(pid)) return;
  process.kill(pid, "SIGTERM");
  await until(() => !isAlive(pid), { timeoutMs: 5_000, what: "the end of the daemon" }).catch(() => {
    process.kill(pid, "SIGKILL");
  });
}
