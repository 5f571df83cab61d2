import { commands, type Disposable, type TextDocument, window, workspace } from "vscode";
import { isOrchestrationScript } from "../commands/orchestrationScript.js";
import { contextKey } from "../contributions.js";

/** Offers to run what is open while that is a script that uses the SDK. */
export function followActiveScript(): Disposable[] {
  let told: boolean | undefined;
  const look = () => {
    const document = window.activeTextEditor?.document;
    const isScript = document !== undefined && isOrchestrationScript(document);
    if (isScript === told) return;
    told = isScript;
    void commands.executeCommand("setContext", contextKey.isScript, isScript);
  };
  const lookAt = (document: TextDocument) => {
    if (document === window.activeTextEditor?.document) look();
  };
  look();
  return [
    window.onDidChangeActiveTextEditor(look),
    workspace.onDidOpenTextDocument(lookAt),
    workspace.onDidSaveTextDocument(lookAt),
  ];
}
