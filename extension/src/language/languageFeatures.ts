import { Disposable, type LogOutputChannel, type TextDocument, workspace } from "vscode";
import { isOrchestrationScript } from "../commands/orchestrationScript.js";
import { settingId } from "../contributions.js";
import type { DaemonClient } from "../daemon/daemonClient.js";
import { settings } from "../settings.js";
import type { RunningLanguageClient } from "./languageClient.js";
import { languageTransport } from "./languageTransport.js";

const modelConfigName = /model[-_]?configs?[^/]*\.json$/i;

/**
 * What the daemon has to say of the files that are open: hints, hovers, diagnostics, completion. The client for that is loaded with the
 * first file that it is of use for.
 *
 * @returns what ends it.
 */
export function languageFeatures(
  daemon: DaemonClient,
  { version, log }: { version: string; log: LogOutputChannel },
): Disposable {
  const over = new AbortController();
  let running: Promise<RunningLanguageClient | undefined> | undefined;
  const start = async (): Promise<RunningLanguageClient | undefined> => {
    try {
      const { startLanguageClient } = await import("./languageClient.js");
      const connect = () => languageTransport(daemon, { version, signal: over.signal });
      return startLanguageClient({ connect, settings: () => settings.language, log });
    } catch (error) {
      log.error(error instanceof Error ? error : String(error));
      return undefined;
    }
  };
  const look = (document: TextDocument) => {
    if (isOurs(document)) running ??= start();
  };
  const listeners = [
    workspace.onDidOpenTextDocument(look),
    workspace.onDidSaveTextDocument(look),
    workspace.onDidChangeConfiguration((change) => {
      const isMeant = [settingId.inlayHints, settingId.modelConfigs].some((id) => change.affectsConfiguration(id));
      if (isMeant) void running?.then((client) => client?.settingsChanged());
    }),
  ];
  for (const document of workspace.textDocuments) look(document);
  return new Disposable(() => {
    over.abort();
    for (const listener of listeners) listener.dispose();
    void running?.then((client) => client?.stop());
  });
}

function isOurs(document: TextDocument): boolean {
  if (isOrchestrationScript(document)) return true;
  if (document.uri.scheme !== "file" || !/^jsonc?$/.test(document.languageId)) return false;
  return modelConfigName.test(document.uri.path) || document.getText().includes('"config_name"');
}
