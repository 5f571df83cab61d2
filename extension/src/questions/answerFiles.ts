import {
  type Disposable,
  EventEmitter,
  type FileChangeEvent,
  FileChangeType,
  type FileStat,
  FileSystemError,
  type FileSystemProvider,
  FileType,
  type Memento,
  type Uri,
} from "vscode";

export const answerScheme = "agentscope-answer";

const stateKey = "agentscope.answers";
/** Drafts of questions that nobody asks any more are dropped, the oldest first. */
const mostDrafts = 50;

/** Answers that are being written, by their paths; the window finds them again after it was loaded anew. */
export class AnswerFiles implements FileSystemProvider {
  private readonly changes = new EventEmitter<FileChangeEvent[]>();
  readonly onDidChangeFile = this.changes.event;
  private readonly texts: Map<string, string>;

  constructor(private readonly memory: Memento) {
    this.texts = new Map(memory.get<[string, string][]>(stateKey, []));
  }

  watch(): Disposable {
    return { dispose: () => {} };
  }

  stat({ path }: Uri): FileStat {
    return { type: FileType.File, ctime: 0, mtime: 0, size: Buffer.byteLength(this.texts.get(path) ?? "") };
  }

  readFile({ path }: Uri): Uint8Array {
    return Buffer.from(this.texts.get(path) ?? "");
  }

  async writeFile(uri: Uri, content: Uint8Array): Promise<void> {
    this.texts.delete(uri.path);
    this.texts.set(uri.path, Buffer.from(content).toString());
    for (const path of [...this.texts.keys()].slice(0, -mostDrafts)) this.texts.delete(path);
    this.changes.fire([{ type: FileChangeType.Changed, uri }]);
    await this.save();
  }

  async delete(uri: Uri): Promise<void> {
    this.texts.delete(uri.path);
    await this.save();
  }

  readDirectory(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri);
  }

  createDirectory(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri);
  }

  rename(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri);
  }

  private async save(): Promise<void> {
    await this.memory.update(stateKey, [...this.texts]);
  }
}
