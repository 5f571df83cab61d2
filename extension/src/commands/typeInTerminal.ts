import { window } from "vscode";

/** Runs a command line in a new terminal, which stays open. */
export function typeInTerminal(folder: string, line: string): void {
  const terminal = window.createTerminal({ name: line, cwd: folder });
  terminal.show();
  terminal.sendText(line);
}
