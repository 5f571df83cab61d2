import { commands, FileType, Uri, window, workspace } from "vscode";
import { type CommandId, commandId } from "../contributions.js";
import type { Command } from "./command.js";
import { typeInTerminal } from "./typeInTerminal.js";
import { workspaceFolder } from "./workspaceFolder.js";

const folderName = "agentscope-example";

/** @param example the folder of the example that comes with the extension. */
export function exampleCommands(example: Uri): Partial<Record<CommandId, Command>> {
  return {
    async [commandId.createExample]() {
      const folder = Uri.joinPath(Uri.file(await workspaceFolder()), folderName);
      const main = Uri.joinPath(folder, "main.ts");
      const isNew = !(await exists(folder));
      // One that is there may have been changed: it is opened as it is.
      if (isNew) await workspace.fs.copy(example, folder);
      await window.showTextDocument(main);
      if (isNew) void offerInstall(folder);
    },
  };
}

async function exists(uri: Uri): Promise<boolean> {
  return workspace.fs.stat(uri).then(
    ({ type }) => type !== FileType.Unknown,
    () => false,
  );
}

async function offerInstall(folder: Uri): Promise<void> {
  const install = "Install Packages";
  const run = "Run Distributed";
  const message = "The example is open. It needs its packages (npm install) before it is run.";
  const answer = await window.showInformationMessage(message, install, run);
  if (answer === install) {
    typeInTerminal(folder.fsPath, "npm install");
  } else if (answer === run) {
    await commands.executeCommand(commandId.runScriptDistributed, Uri.joinPath(folder, "main.ts"));
  }
}
