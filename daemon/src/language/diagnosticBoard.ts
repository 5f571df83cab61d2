import type { Diagnostic } from "vscode-languageserver-protocol";

/** Where diagnostics of a client come from; each source says what it has without knowing of the others. */
export type DiagnosticSource = "calls" | "scripts" | "modelConfigs";

/** What is wrong in each file, put together from all sources; a file is told of when that has changed. */
export class DiagnosticBoard {
  private readonly bySource = new Map<DiagnosticSource, Map<string, Diagnostic[]>>();
  private readonly told = new Map<string, string>();

  constructor(private readonly publish: (uri: string, diagnostics: Diagnostic[]) => void) {}

  /** What a source has to say of a file. */
  set(source: DiagnosticSource, uri: string, diagnostics: Diagnostic[]): void {
    const files = this.filesOf(source);
    if (diagnostics.length > 0) files.set(uri, diagnostics);
    else files.delete(uri);
    this.tell(uri);
  }

  /** All that a source has to say: of files that are not named, nothing. */
  setAll(source: DiagnosticSource, files: ReadonlyMap<string, Diagnostic[]>): void {
    const before = [...this.filesOf(source).keys()];
    this.bySource.set(source, new Map(files));
    for (const uri of new Set([...before, ...files.keys()])) this.tell(uri);
  }

  private filesOf(source: DiagnosticSource): Map<string, Diagnostic[]> {
    let files = this.bySource.get(source);
    if (files === undefined) this.bySource.set(source, (files = new Map()));
    return files;
  }

  private tell(uri: string): void {
    const all = [...this.bySource.values()].flatMap((files) => files.get(uri) ?? []);
    const text = JSON.stringify(all);
    if (text === (this.told.get(uri) ?? "[]")) return;
    if (all.length > 0) this.told.set(uri, text);
    else this.told.delete(uri);
    this.publish(uri, all);
  }
}
