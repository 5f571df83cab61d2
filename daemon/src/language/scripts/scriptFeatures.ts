import type { CodeAction, CodeActionParams } from "vscode-languageserver-protocol";
import type { MessageConnection } from "vscode-jsonrpc/node";
import { AfterPause } from "../afterPause.js";
import type { DiagnosticBoard } from "../diagnosticBoard.js";
import type { OpenDocument, OpenDocuments } from "../openDocuments.js";
import { isScript } from "../scriptDocument.js";
import { loopActions, loopDiagnostics } from "./loopDiagnostics.js";

/** A person who types is not told after each letter. */
const pauseMs = 300;

/** What can be said of scripts without running them. */
export class ScriptFeatures implements Disposable {
  private readonly changed = new Set<OpenDocument>();
  private readonly look: AfterPause;
  private readonly removals: (() => void)[];

  constructor(private readonly options: { documents: OpenDocuments; board: DiagnosticBoard }) {
    const { documents, board } = options;
    this.look = new AfterPause(pauseMs, () => {
      for (const document of this.changed) board.set("scripts", document.uri, loopDiagnostics(document));
      this.changed.clear();
    });
    this.removals = [
      documents.changed.on((document) => {
        if (!isScript(document)) return;
        this.changed.add(document);
        this.look.ask();
      }),
      documents.closed.on((document) => {
        this.changed.delete(document);
        board.set("scripts", document.uri, []);
      }),
    ];
  }

  [Symbol.dispose](): void {
    for (const remove of this.removals) remove();
    this.look[Symbol.dispose]();
  }

  answer(connection: MessageConnection): void {
    connection.onRequest("textDocument/codeAction", ({ textDocument, range }: CodeActionParams): CodeAction[] => {
      const document = this.options.documents.get(textDocument.uri);
      return document === undefined ? [] : loopActions(document, range);
    });
  }
}
