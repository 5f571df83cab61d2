import type { CompletionList, CompletionParams, Hover, Position } from "vscode-languageserver-protocol";
import type { MessageConnection } from "vscode-jsonrpc/node";
import { AfterPause } from "../afterPause.js";
import type { DiagnosticBoard } from "../diagnosticBoard.js";
import type { LanguageSettings } from "../languageSettings.js";
import type { OpenDocument, OpenDocuments } from "../openDocuments.js";
import { realPath } from "../realPath.js";
import { isModelConfigs } from "./configEntries.js";
import type { ModelConfigFiles } from "./modelConfigFiles.js";

const pauseMs = 300;

/** Files of model configs among those that a client has open. */
export class ModelConfigFeatures implements Disposable {
  private readonly changed = new Set<OpenDocument>();
  private readonly look: AfterPause;
  private readonly removals: (() => void)[];
  private named: ReadonlySet<string>;
  private files: Promise<ModelConfigFiles> | undefined;

  constructor(
    private readonly options: { documents: OpenDocuments; board: DiagnosticBoard; settings: LanguageSettings },
  ) {
    const { documents, board, settings } = options;
    this.named = new Set(settings.modelConfigs.map(realPath));
    this.look = new AfterPause(pauseMs, () => {
      for (const document of this.changed) void this.check(document);
      this.changed.clear();
    });
    this.removals = [
      documents.changed.on((document) => this.ask(document)),
      documents.closed.on((document) => {
        this.changed.delete(document);
        board.set("modelConfigs", document.uri, []);
      }),
    ];
  }

  [Symbol.dispose](): void {
    for (const remove of this.removals) remove();
    this.look[Symbol.dispose]();
  }

  use(settings: LanguageSettings): void {
    this.named = new Set(settings.modelConfigs.map(realPath));
    for (const document of this.options.documents.all()) this.ask(document);
  }

  answer(connection: MessageConnection): void {
    connection.onRequest(
      "textDocument/completion",
      async ({ textDocument, position }: CompletionParams): Promise<CompletionList | null> => {
        const document = this.options.documents.get(textDocument.uri);
        if (document === undefined || !isModelConfigs(document, this.named)) return null;
        return (await this.load()).completion(document, position);
      },
    );
  }

  async hover(document: OpenDocument, position: Position): Promise<Hover | null> {
    return isModelConfigs(document, this.named) ? (await this.load()).hover(document, position) : null;
  }

  private ask(document: OpenDocument): void {
    if (!document.languageId.startsWith("json")) return;
    this.changed.add(document);
    this.look.ask();
  }

  private async check(document: OpenDocument): Promise<void> {
    const { board, documents } = this.options;
    const { version } = document.text;
    const found = isModelConfigs(document, this.named) ? await (await this.load()).diagnostics(document) : [];
    // What was typed or closed meanwhile is looked at by itself.
    if (documents.get(document.uri) === document && document.text.version === version) {
      board.set("modelConfigs", document.uri, found);
    }
  }

  /** With the first such file: most people have none open. */
  private load(): Promise<ModelConfigFiles> {
    this.files ??= import("./modelConfigFiles.js").then(({ ModelConfigFiles: Files }) => new Files());
    return this.files;
  }
}
