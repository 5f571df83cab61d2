import type { InitializeParams, InitializeResult } from "vscode-languageserver-protocol";
import type { MessageConnection } from "vscode-jsonrpc/node";
import type { Parts } from "../parts.js";
import { daemonVersion } from "../version.js";
import { CallFeatures } from "./calls/callFeatures.js";
import { DiagnosticBoard } from "./diagnosticBoard.js";
import { languageSettings } from "./languageSettings.js";
import { ModelConfigFeatures } from "./modelConfigs/modelConfigFeatures.js";
import { OpenDocuments } from "./openDocuments.js";
import { ScriptFeatures } from "./scripts/scriptFeatures.js";

const incremental = 2;

/**
 * The language features of one client, on its connection.
 *
 * 1. Nothing of it outlives the client: neither listeners nor texts.
 * 2. `shutdown` and `exit` end the features, and never the daemon.
 */
export class LanguageSession implements Disposable {
  private readonly documents = new OpenDocuments();
  private readonly stack: Disposable[] = [];
  private calls: CallFeatures | undefined;
  private configs: ModelConfigFeatures | undefined;

  constructor(
    private readonly connection: MessageConnection,
    private readonly parts: Parts,
  ) {}

  [Symbol.dispose](): void {
    for (const one of this.stack.splice(0).reverse()) one[Symbol.dispose]();
  }

  begin(params: unknown): InitializeResult {
    const { capabilities, initializationOptions } = (params ?? {}) as Partial<InitializeParams>;
    const { connection, documents } = this;
    const { runs, placeholders, servers } = this.parts;
    const settings = languageSettings(initializationOptions);
    const board = new DiagnosticBoard((uri, diagnostics) => {
      // Lost with the connection, which ends the session, too.
      void connection.sendNotification("textDocument/publishDiagnostics", { uri, diagnostics }).catch(() => {});
    });
    const refresh = () => {
      if (capabilities?.workspace?.inlayHint?.refreshSupport !== true) return;
      void connection.sendRequest("workspace/inlayHint/refresh").catch(() => {});
    };
    this.calls = new CallFeatures({ runs, placeholders, servers, documents, board, refresh, settings });
    this.configs = new ModelConfigFeatures({ documents, board, settings });
    const scripts = new ScriptFeatures({ documents, board });
    this.stack.push(this.calls, this.configs, scripts);
    this.hear();
    this.calls.answer(connection, (document, at) => this.configs?.hover(document, at) ?? Promise.resolve(null));
    this.configs.answer(connection);
    scripts.answer(connection);
    return {
      serverInfo: { name: "agentscope-distributed-daemon", version: daemonVersion },
      capabilities: {
        textDocumentSync: { openClose: true, change: incremental },
        inlayHintProvider: true,
        hoverProvider: true,
        completionProvider: { triggerCharacters: ['"', ":"] },
        codeActionProvider: { codeActionKinds: ["quickfix"] },
      },
    };
  }

  private hear(): void {
    const { connection, documents } = this;
    const removals = [
      connection.onNotification("textDocument/didOpen", (params) => documents.open(params)),
      connection.onNotification("textDocument/didChange", (params) => documents.change(params)),
      connection.onNotification("textDocument/didClose", (params) => documents.close(params)),
      connection.onNotification("workspace/didChangeConfiguration", ({ settings }: { settings?: unknown }) => {
        const now = languageSettings(settings);
        this.calls?.use(now);
        this.configs?.use(now);
      }),
      connection.onNotification("initialized", () => {}),
      connection.onNotification("exit", () => this[Symbol.dispose]()),
      connection.onRequest("shutdown", () => {
        this[Symbol.dispose]();
        return null;
      }),
    ];
    for (const removal of removals) this.stack.push({ [Symbol.dispose]: () => removal.dispose() });
  }
}
