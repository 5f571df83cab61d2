import { CancellationError, window, workspace } from "vscode";
import { CommandError } from "./command.js";

/** The folder whose code is to run. @throws CommandError; CancellationError when none was chosen. */
export async function workspaceFolder(): Promise<string> {
  const folders = workspace.workspaceFolders ?? [];
  if (!workspace.isTrusted) {
    throw new CommandError("This workspace is not trusted, so none of its code is run.", [
      { title: "Manage Workspace Trust", command: "workbench.trust.manage" },
    ]);
  }
  const [first] = folders;
  if (!first) {
    throw new CommandError("No folder is open. Open the folder with your agents.", [
      { title: "Open Folder…", command: "vscode.openFolder" },
    ]);
  }
  if (folders.length === 1) return first.uri.fsPath;
  const chosen = await window.showWorkspaceFolderPick({ placeHolder: "The folder with your agents" });
  if (!chosen) throw new CancellationError();
  return chosen.uri.fsPath;
}
