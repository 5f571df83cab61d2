import { type TextDocument, Uri, window, workspace } from "vscode";
import { firstStatement } from "../scripts/firstStatement.js";
import { CommandError } from "./command.js";

export interface OrchestrationScript {
  script: string;
  cwd: string;
}

/** Of the text of a file. */
export const usesSdk = /from\s+["']agentscope-distributed["']|require\(\s*["']agentscope-distributed["']\s*\)/;

/** Whether a document is a program that uses the SDK: not a module that programs import. */
export function isOrchestrationScript(document: TextDocument): boolean {
  const isCode = document.languageId === "typescript" || document.languageId === "javascript";
  if (!isCode || document.uri.scheme !== "file") return false;
  const text = document.getText();
  return usesSdk.test(text) && firstStatement(text) !== undefined;
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
