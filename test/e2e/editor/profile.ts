import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Discovery, discoveryPath, readDiscovery } from "agentscope-distributed/studio";
import { TemporaryFolder } from "../../processes/temporaryFolder.js";

/** What makes an editor the same each time, and quiet. */
const steady = {
  "workbench.colorTheme": "Dark Modern",
  "security.workspace.trust.enabled": false,
  "workbench.startupEditor": "none",
  "workbench.reduceMotion": "on",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.layoutControl.enabled": false,
  // Else the palette is lost now and then after a webview had the focus.
  "workbench.quickOpen.closeOnFocusLost": false,
  "window.commandCenter": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "update.mode": "none",
  "telemetry.telemetryLevel": "off",
  "chat.disableAIFeatures": true,
  // Drawn as text in the page, which can be read.
  "terminal.integrated.gpuAcceleration": "off",
  "git.enabled": false,
  "remote.autoForwardPorts": false,
  "typescript.disableAutomaticTypeAcquisition": true,
  "editor.minimap.enabled": false,
};

/** The folders of one person: settings, the editor's own data, and the daemon's state. Nothing of them is in the home of who tests. */
export class Profile implements AsyncDisposable {
  private constructor(private readonly folder: TemporaryFolder) {}

  static async make(settings: Record<string, unknown> = {}): Promise<Profile> {
    const profile = new Profile(await TemporaryFolder.make());
    for (const name of ["data/User", "data/Machine", "xdg", "state", "run"]) {
      await mkdir(profile.path(name), { recursive: true, mode: 0o700 });
    }
    const all = JSON.stringify({ ...steady, ...settings }, undefined, 2);
    await writeFile(profile.path("data/User/settings.json"), all);
    // Settings of a machine are read from here alone.
    await writeFile(profile.path("data/Machine/settings.json"), JSON.stringify(settings));
    return profile;
  }

  /** Of VS Code, with `User` and `logs`. */
  get data(): string {
    return this.path("data");
  }

  /** The daemon's. */
  get state(): string {
    return this.path("state");
  }

  path(name: string): string {
    return join(this.folder.path, name);
  }

  get environment(): Record<string, string> {
    return {
      HOME: this.folder.path,
      XDG_DATA_HOME: this.path("xdg/data"),
      XDG_CONFIG_HOME: this.path("xdg/config"),
      XDG_CACHE_HOME: this.path("xdg/cache"),
      XDG_STATE_HOME: this.path("xdg/state"),
      XDG_RUNTIME_DIR: this.path("run"),
      AGENTSCOPE_STATE_DIR: this.state,
    };
  }

  /** What the daemon says of itself where others look for it; undefined: there is none. */
  daemon(): Discovery | undefined {
    return readDiscovery(discoveryPath(this.state));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.folder[Symbol.asyncDispose]();
  }
}
