import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { Discovery } from "agentscope-distributed/studio";
import {
  CodeActionRequest,
  CompletionRequest,
  type Diagnostic,
  DidChangeTextDocumentNotification,
  DidOpenTextDocumentNotification,
  HoverRequest,
  InitializedNotification,
  InitializeRequest,
  InlayHintRefreshRequest,
  InlayHintRequest,
  type Position,
  PublishDiagnosticsNotification,
} from "vscode-languageserver-protocol";
import { until } from "../processes/until.js";
import { Editor } from "./editor.js";

interface Opened {
  uri: string;
  text: string;
  version: number;
}

/** What is said to be wrong, with its severity: 1 for an error, 2 for a warning. */
export function told({ severity, message }: Diagnostic): string {
  return `${severity} ${typeof message === "string" ? message : message.value}`;
}

/** An editor that asks a daemon for language features, and has files open. */
export class LanguageEditor implements AsyncDisposable {
  /** How often it was asked to look at its hints again. */
  refreshes = 0;
  private readonly diagnostics = new Map<string, Diagnostic[]>();
  private readonly opened = new Map<string, Opened>();

  private constructor(readonly editor: Editor) {
    editor.rpc.onRequest(InlayHintRefreshRequest.type, () => void this.refreshes++);
    editor.rpc.onNotification(PublishDiagnosticsNotification.type, ({ uri, diagnostics }) => {
      this.diagnostics.set(uri, diagnostics);
    });
  }

  static async connect(daemon: Discovery, settings: object = {}): Promise<LanguageEditor> {
    const language = new LanguageEditor(await Editor.connect(daemon));
    await language.editor.rpc.sendRequest(InitializeRequest.type, {
      processId: process.pid,
      rootUri: null,
      capabilities: { workspace: { inlayHint: { refreshSupport: true } } },
      initializationOptions: { agentscope: settings },
    });
    await language.editor.rpc.sendNotification(InitializedNotification.type, {});
    return language;
  }

  /** @param text as it is on the disk where it is left out. */
  async open(path: string, text = readFileSync(path, "utf8")): Promise<void> {
    const uri = pathToFileURL(path).href;
    this.opened.set(path, { uri, text, version: 1 });
    const languageId = path.endsWith(".json") ? "json" : "typescript";
    await this.editor.rpc.sendNotification(DidOpenTextDocumentNotification.type, {
      textDocument: { uri, languageId, version: 1, text },
    });
  }

  async edit(path: string, text: string): Promise<void> {
    const document = this.document(path);
    document.text = text;
    await this.editor.rpc.sendNotification(DidChangeTextDocumentNotification.type, {
      textDocument: { uri: document.uri, version: ++document.version },
      contentChanges: [{ text }],
    });
  }

  /** Hints as they are read: each line that has some, with the hints in it. */
  async lines(path: string): Promise<string[]> {
    const { uri, text } = this.document(path);
    const lines = text.split("\n");
    const range = { start: { line: 0, character: 0 }, end: { line: lines.length, character: 0 } };
    const hints = (await this.editor.rpc.sendRequest(InlayHintRequest.type, { textDocument: { uri }, range })) ?? [];
    const marked = new Set<number>();
    for (const { position, label } of hints.reverse()) {
      const line = lines[position.line] ?? "";
      lines[position.line] =
        `${line.slice(0, position.character)}‹${typeof label === "string" ? label : ""}›${line.slice(position.character)}`;
      marked.add(position.line);
    }
    return lines.filter((_, index) => marked.has(index));
  }

  /** Waits until a line with its hints is to be seen. */
  async showsLine(path: string, line: string | RegExp): Promise<string> {
    const fits = (one: string) => (typeof line === "string" ? one === line : line.test(one));
    let seen: string[] = [];
    return until(async () => (seen = await this.lines(path)).find(fits), {
      timeoutMs: 60_000,
      what: `the line ${String(line)}`,
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}; there is\n${seen.join("\n")}`);
    });
  }

  /** What is shown of the place where a text begins. */
  async hover(path: string, text: string): Promise<string> {
    const { uri } = this.document(path);
    const answer = await this.editor.rpc.sendRequest(HoverRequest.type, {
      textDocument: { uri },
      position: this.position(path, text),
    });
    const contents = answer?.contents;
    const [part] = [contents ?? ""].flat();
    return typeof part === "object" ? part.value : (part ?? "");
  }

  async completions(path: string, text: string): Promise<string[]> {
    const { uri } = this.document(path);
    const answer = await this.editor.rpc.sendRequest(CompletionRequest.type, {
      textDocument: { uri },
      position: this.position(path, text),
    });
    const items = Array.isArray(answer) ? answer : (answer?.items ?? []);
    return items.map(({ label }) => label);
  }

  /** The titles of what is proposed at a text. */
  async actions(path: string, text: string): Promise<string[]> {
    const { uri } = this.document(path);
    const position = this.position(path, text);
    const answer = await this.editor.rpc.sendRequest(CodeActionRequest.type, {
      textDocument: { uri },
      range: { start: position, end: position },
      context: { diagnostics: [] },
    });
    return (answer ?? []).map(({ title }) => title);
  }

  /** What was last said to be wrong in a file. */
  diagnosticsOf(path: string): Diagnostic[] {
    return this.diagnostics.get(pathToFileURL(path).href) ?? [];
  }

  async seesDiagnostics(path: string, fits: (diagnostics: Diagnostic[]) => boolean): Promise<Diagnostic[]> {
    return until(() => fits(this.diagnosticsOf(path)) && this.diagnosticsOf(path), {
      timeoutMs: 60_000,
      what: `diagnostics of ${path}`,
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}; there are ${JSON.stringify(this.diagnosticsOf(path), undefined, 2)}`);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.editor[Symbol.asyncDispose]();
  }

  /** Of the place where a text begins, or ends if it ends with `|`. */
  private position(path: string, text: string): Position {
    const { text: all } = this.document(path);
    const wanted = text.replace(/\|$/, "");
    const start = all.indexOf(wanted);
    if (start < 0) throw new Error(`${path} has no ${wanted}`);
    const before = all.slice(0, text.endsWith("|") ? start + wanted.length : start).split("\n");
    return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
  }

  private document(path: string): Opened {
    const document = this.opened.get(path);
    if (document === undefined) throw new Error(`${path} is not open`);
    return document;
  }
}
