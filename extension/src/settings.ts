import { join } from "node:path";
import type { StartServer } from "agentscope-distributed-daemon/protocol";
import { Uri, workspace } from "vscode";
import { settingId } from "./contributions.js";

/** The person's settings, as they are at the moment. */
export const settings = {
  get startsDaemon(): boolean {
    return workspace.getConfiguration().get(settingId.startDaemon, true);
  },
  get timeoutMs(): number {
    return workspace.getConfiguration().get(settingId.timeoutSeconds, 10) * 1000;
  },
  /** After how long a daemon that this window starts ends by itself, once nothing needs it. */
  get daemonIdleSeconds(): number {
    return workspace.getConfiguration().get(settingId.idleSeconds, 60);
  },
  /** The Node for scripts and agent servers; undefined: the daemon finds one. */
  get nodePath(): string | undefined {
    return workspace.getConfiguration().get(settingId.nodePath, "") || undefined;
  },
  codeLens(document: Uri): boolean {
    return workspace.getConfiguration(undefined, document).get(settingId.codeLens, true);
  },
  /** Whether agents may use the language models of this editor. */
  get offersModels(): boolean {
    return workspace.getConfiguration().get(settingId.offerModels, true);
  },
  /** Of language features, as the daemon understands them. */
  get language(): { inlayHints: boolean; modelConfigs: string[] } {
    return {
      inlayHints: workspace.getConfiguration().get(settingId.inlayHints, true),
      modelConfigs: (workspace.workspaceFolders ?? []).flatMap(({ uri }) => {
        const file = workspace.getConfiguration(undefined, uri).get(settingId.modelConfigs, "");
        return file === "" ? [] : join(uri.fsPath, file);
      }),
    };
  },
  /** How agent servers of a folder are started. */
  serverOptions(folder: string): StartServer {
    const configuration = workspace.getConfiguration(undefined, Uri.file(folder));
    const agentFolder = configuration.get(settingId.agentFolder, "");
    const modelConfigs = configuration.get(settingId.modelConfigs, "");
    const workers = configuration.get<number | null>(settingId.workers, null);
    return {
      cwd: folder,
      ...(agentFolder !== "" && { agentDir: join(folder, agentFolder) }),
      ...(modelConfigs !== "" && { modelConfigPath: join(folder, modelConfigs) }),
      ...(workers !== null && { workers }),
    };
  },
};
