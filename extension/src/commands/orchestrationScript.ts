import { type TextDocument, Uri, window, workspace } from "vscode";
import { CommandError } from "./command.js";

export interface OrchestrationScript {
  script: string;
  cwd: string;
}

const usesSdk = /from\s+["']agentscope-distributed["']|require\(\s*["']agentscope-distributed["']\s*\)/;

/** Whether a document is a program that uses the SDK. */
export function isOrchestrationScript(document: TextDocument): boolean {
  const isCode = document.languageId === "typescript" || document.languageId === "javascript";
  return isCode && document.uri.scheme === "file" && usesSdk.test(document.getText());
}

/**
 * The script that is meant: the one that was named (by a menu), or the one that is open. What was changed in it is saved first, as it
 * is the file that runs.
 *
 * @throws CommandError
 */
export async function orchestrationScript(named: Uri | undefined): Promise<OrchestrationScript> {
  if (!workspace.isTrusted) {
    throw new CommandError("This workspace is not trusted, so none of its code is run.", [
      { title: "Manage Workspace Trust", command: "workbench.trust.manage" },
    ]);
  }
  const uri = named ?? window.activeTextEditor?.document.uri;
  if (!uri || uri.scheme !== "file") {
    throw new CommandError("No script is open. Open the file that makes your agents and calls them.", [
      { title: "Open File…", command: "workbench.action.files.openFile" },
    ]);
  }
  const document = await workspace.openTextDocument(uri);
  if (document.isDirty && !(await document.save())) throw new CommandError(`${uri.fsPath} could not be saved.`);
  const folder = workspace.getWorkspaceFolder(uri) ?? { uri: Uri.joinPath(uri, "..") };
  return { script: uri.fsPath, cwd: folder.uri.fsPath };
}
