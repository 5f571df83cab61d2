import type { Hover, HoverParams, InlayHint, InlayHintParams, Position } from "vscode-languageserver-protocol";
import type { MessageConnection } from "vscode-jsonrpc/node";
import type { PlaceholderLog } from "../../placeholders/placeholderLog.js";
import type { Runs } from "../../runs/runs.js";
import type { Servers } from "../../servers/servers.js";
import { AfterPause } from "../afterPause.js";
import type { DiagnosticBoard } from "../diagnosticBoard.js";
import type { LanguageSettings } from "../languageSettings.js";
import type { OpenDocument, OpenDocuments } from "../openDocuments.js";
import { RanTexts } from "../ranTexts.js";
import { isScript } from "../scriptDocument.js";
import { callHover } from "./callHover.js";
import { type PlacedCall, placedCalls } from "./callPlaces.js";
import { failureDiagnostics } from "./failures.js";
import { inlayHints } from "./inlayHints.js";
import { LatestCalls } from "./latestCalls.js";

/** Hints and failures are told of at most so often. */
const everyMs = 250;

export interface CallFeaturesOptions {
  runs: Runs;
  placeholders: PlaceholderLog;
  servers: Servers;
  documents: OpenDocuments;
  board: DiagnosticBoard;
  /** The client is to ask for its hints anew. */
  refresh: () => void;
  settings: LanguageSettings;
}

/** What becomes of calls, shown where they stand: hints behind them, more of them under the pointer, and failures. */
export class CallFeatures implements Disposable {
  private readonly latest: LatestCalls;
  private readonly texts = new RanTexts();
  private readonly hints: AfterPause;
  private readonly failures: AfterPause;
  private readonly removals: (() => void)[];
  private settings: LanguageSettings;
  private isOver = false;
  private isLooking = false;
  private isBehind = false;

  constructor(private readonly options: CallFeaturesOptions) {
    const { documents } = options;
    this.settings = options.settings;
    this.latest = new LatestCalls(options);
    this.hints = new AfterPause(everyMs, () => {
      if (this.settings.inlayHints) options.refresh();
    });
    this.failures = new AfterPause(everyMs, () => void this.lookForFailures());
    this.removals = [
      this.latest.changed.on(() => {
        for (const document of documents.all()) this.keepText(document);
        this.hints.ask();
        this.failures.ask();
      }),
      documents.changed.on((document) => {
        this.keepText(document);
        this.failures.ask();
      }),
      documents.closed.on(() => this.failures.ask()),
    ];
    this.failures.ask();
  }

  [Symbol.dispose](): void {
    this.isOver = true;
    for (const remove of this.removals) remove();
    for (const one of [this.latest, this.hints, this.failures]) one[Symbol.dispose]();
  }

  use(settings: LanguageSettings): void {
    const isOther = settings.inlayHints !== this.settings.inlayHints;
    this.settings = settings;
    if (isOther) this.options.refresh();
  }

  /** @param elsewhere what stands under the pointer in files that are no scripts */
  answer(
    connection: MessageConnection,
    elsewhere: (document: OpenDocument, position: Position) => Promise<Hover | null>,
  ): void {
    connection.onRequest("textDocument/inlayHint", (params: InlayHintParams) => this.hintsIn(params));
    connection.onRequest("textDocument/hover", async ({ textDocument, position }: HoverParams) => {
      const document = this.options.documents.get(textDocument.uri);
      if (document === undefined) return null;
      return isScript(document) ? this.hover(document, position) : elsewhere(document, position);
    });
  }

  private async hintsIn({ textDocument, range }: InlayHintParams): Promise<InlayHint[]> {
    const document = this.options.documents.get(textDocument.uri);
    if (document === undefined || !this.settings.inlayHints) return [];
    return inlayHints(await this.placed(document), { document, range, latest: this.latest });
  }

  private async hover(document: OpenDocument, position: Position): Promise<Hover | null> {
    const { servers } = this.options;
    return callHover(await this.placed(document), { document, position, latest: this.latest, servers });
  }

  private placed(document: OpenDocument): Promise<PlacedCall[]> {
    return placedCalls(document, { latest: this.latest, texts: this.texts });
  }

  /** Before a person changes it. */
  private keepText({ path }: OpenDocument): void {
    const run = this.latest.run(this.latest.fileCalls(path)?.runId ?? "");
    if (run !== undefined) void this.texts.of(path, run);
  }

  private async lookForFailures(): Promise<void> {
    this.isBehind = true;
    if (this.isLooking) return;
    this.isLooking = true;
    while (this.isBehind && !this.isOver) {
      this.isBehind = false;
      const found = await failureDiagnostics({ ...this.options, latest: this.latest, texts: this.texts });
      if (!this.isOver) this.options.board.setAll("calls", found);
    }
    this.isLooking = false;
  }
}
