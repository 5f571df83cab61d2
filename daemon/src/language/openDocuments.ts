import { fileURLToPath } from "node:url";
import type {
  DidChangeTextDocumentParams,
  DidCloseTextDocumentParams,
  DidOpenTextDocumentParams,
} from "vscode-languageserver-protocol";
import { TextDocument } from "vscode-languageserver-textdocument";
import { Emitter } from "../emitter.js";
import { realPath } from "./realPath.js";

/** Texts that are longer are not kept, in characters. */
const longestText = 1_000_000;
const mostDocuments = 1000;

/** A file that is open in an editor, as it is there. */
export interface OpenDocument {
  readonly uri: string;
  /** Where it lies, by the path that processes see. */
  readonly path: string;
  readonly languageId: string;
  readonly text: TextDocument;
}

/** The files that a client has open. */
export class OpenDocuments {
  /** One was opened, or its text is another. */
  readonly changed = new Emitter<OpenDocument>();
  readonly closed = new Emitter<OpenDocument>();
  private readonly byUri = new Map<string, OpenDocument>();

  open({ textDocument }: DidOpenTextDocumentParams): void {
    const { uri, languageId, version, text } = textDocument;
    const path = pathOf(uri);
    if (path === undefined || text.length > longestText || this.byUri.size >= mostDocuments) return;
    const document = { uri, path, languageId, text: TextDocument.create(uri, languageId, version, text) };
    this.byUri.set(uri, document);
    this.changed.emit(document);
  }

  change({ textDocument: { uri, version }, contentChanges }: DidChangeTextDocumentParams): void {
    const document = this.byUri.get(uri);
    if (document === undefined) return;
    TextDocument.update(document.text, contentChanges, version);
    this.changed.emit(document);
  }

  close({ textDocument: { uri } }: DidCloseTextDocumentParams): void {
    const document = this.byUri.get(uri);
    if (document === undefined) return;
    this.byUri.delete(uri);
    this.closed.emit(document);
  }

  /** Undefined for one that is not open, or too large. */
  get(uri: string): OpenDocument | undefined {
    return this.byUri.get(uri);
  }

  at(path: string): OpenDocument | undefined {
    for (const document of this.byUri.values()) if (document.path === path) return document;
    return undefined;
  }

  all(): Iterable<OpenDocument> {
    return this.byUri.values();
  }
}

function pathOf(uri: string): string | undefined {
  if (!uri.startsWith("file:") || !URL.canParse(uri)) return undefined;
  try {
    return realPath(fileURLToPath(uri));
  } catch {
    // Of another machine.
    return undefined;
  }
}
