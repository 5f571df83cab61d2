import type { QuestionRow } from "agentscope-distributed-daemon/protocol";
import {
  CodeLens,
  type CodeLensProvider,
  type Disposable,
  EventEmitter,
  languages,
  type Memento,
  Range,
  type Tab,
  TabInputText,
  type TextDocument,
  Uri,
  window,
  workspace,
} from "vscode";
import { commandId } from "../contributions.js";
import { AnswerFiles, answerScheme } from "./answerFiles.js";
import { shortened } from "./questionWords.js";

const titleBegin = "Answer to ";

/** Editors in which answers of several lines are written: an empty document, the question above it, and a button that sends it. */
export class AnswerEditors implements CodeLensProvider, Disposable {
  private readonly lensChanges = new EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.lensChanges.event;
  private readonly files: AnswerFiles;
  private readonly disposables: Disposable[];

  constructor(
    memory: Memento,
    private readonly find: (questionId: string) => QuestionRow | undefined,
  ) {
    this.files = new AnswerFiles(memory);
    this.disposables = [
      this.lensChanges,
      workspace.registerFileSystemProvider(answerScheme, this.files, { isCaseSensitive: true }),
      languages.registerCodeLensProvider({ scheme: answerScheme }, this),
    ];
  }

  async show({ questionId, agent }: QuestionRow): Promise<void> {
    const name = agent.replaceAll(/[/\\\s]+/g, " ").trim() || "An agent";
    const uri = Uri.from({ scheme: answerScheme, path: `/${encodeURIComponent(questionId)}/${titleBegin}${name}` });
    await window.showTextDocument(await workspace.openTextDocument(uri), { preview: false });
  }

  /** Questions that have an editor here. */
  get open(): string[] {
    return this.tabs().map(({ questionId }) => questionId);
  }

  /** The question that a document is an answer to. */
  questionOf({ scheme, path }: Uri): string | undefined {
    const [, id = ""] = scheme === answerScheme ? path.split("/") : [];
    return id === "" ? undefined : decodeURIComponent(id);
  }

  /** What stands in the editor of a question. */
  textOf(questionId: string): string {
    return this.documentOf(questionId)?.getText() ?? "";
  }

  /** The agent that waits for what is written in the editor of a question. */
  agentOf(questionId: string): string {
    const tab = this.tabs().find((one) => one.questionId === questionId);
    return tab?.uri.path.split("/").at(-1)?.slice(titleBegin.length) ?? "The agent";
  }

  /** Takes the editor away, with its text. */
  async close(questionId: string): Promise<void> {
    // A document with changes would ask what to do with them.
    await this.documentOf(questionId)?.save();
    const tabs = this.tabs().filter((one) => one.questionId === questionId);
    await window.tabGroups.close(tabs.map(({ tab }) => tab));
    for (const { uri } of tabs) await this.files.delete(uri);
  }

  /** Questions came or went. */
  refresh(): void {
    this.lensChanges.fire();
  }

  provideCodeLenses({ uri }: TextDocument): CodeLens[] {
    const id = this.questionOf(uri);
    const question = id === undefined ? undefined : this.find(id);
    if (!question) return [];
    const top = new Range(0, 0, 0, 0);
    const { agent, prompt } = question;
    return [
      new CodeLens(top, { title: `$(question) ${agent} asks: ${shortened(prompt)}`, command: "" }),
      new CodeLens(top, { title: "$(send) Send Answer", command: commandId.sendAnswer, arguments: [uri] }),
    ];
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  private documentOf(questionId: string): TextDocument | undefined {
    return workspace.textDocuments.find(({ uri }) => this.questionOf(uri) === questionId);
  }

  private tabs(): { tab: Tab; uri: Uri; questionId: string }[] {
    return window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .flatMap((tab) => {
        if (!(tab.input instanceof TabInputText)) return [];
        const { uri } = tab.input;
        const questionId = this.questionOf(uri);
        return questionId === undefined ? [] : [{ tab, uri, questionId }];
      });
  }
}
