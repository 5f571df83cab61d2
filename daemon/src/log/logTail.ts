import { closeSync, fstatSync, ftruncateSync, openSync, readSync, statSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";

export interface LogTailOptions {
  /** How often the file is looked at, in milliseconds. Default 300. */
  everyMs?: number;
  /** A file of this size is emptied: its lines have been read. Default 10 MB. */
  maxBytes?: number;
  /** How many lines {@link LogTail.lastLines} has at most. Default 20. */
  keep?: number;
}

/** Of a flood only so much is read at a time. */
const pieceBytes = 256 * 1024;

/**
 * Reads what a process writes into a file, line by line: files outlive the daemon, which pipes would not.
 *
 * The process must append (`O_APPEND`), as the file is emptied beneath it when it has grown large.
 */
export class LogTail implements Disposable {
  private file: number | undefined;
  private readonly options: Required<LogTailOptions>;
  private readonly timer: NodeJS.Timeout;
  private decoder = new StringDecoder("utf8");
  private offset: number;
  private begun = "";
  private kept: string[] = [];
  private isClosed = false;

  /** @param from where to begin: `end` for a file whose lines were read by an earlier daemon. */
  constructor(
    private readonly path: string,
    private readonly hear: (line: string) => void,
    { from, ...options }: LogTailOptions & { from: "begin" | "end" },
  ) {
    this.options = { everyMs: 300, maxBytes: 10_000_000, keep: 20, ...options };
    this.offset = from === "begin" ? 0 : (statSync(path, { throwIfNoEntry: false })?.size ?? 0);
    this.timer = setInterval(() => this.read(), this.options.everyMs).unref();
  }

  /** The last lines that it has read; reads what has come since. */
  lastLines(): string[] {
    this.read();
    return [...this.kept];
  }

  [Symbol.dispose](): void {
    if (this.isClosed) return;
    this.read();
    this.isClosed = true;
    clearInterval(this.timer);
    if (this.file !== undefined) closeSync(this.file);
  }

  private read(): void {
    if (this.isClosed) return;
    try {
      const file = (this.file ??= openSync(this.path, "a+", 0o600));
      const { size } = fstatSync(file);
      // Somebody else has emptied it.
      if (size < this.offset) this.offset = 0;
      if (size - this.offset > this.options.maxBytes) this.skip(size - pieceBytes);
      while (this.readPiece(file) === pieceBytes);
      if (this.offset > this.options.maxBytes) this.empty(file);
    } catch {
      // The disk is gone, or no descriptor is left to open it now: a log ends nobody's work.
    }
  }

  private readPiece(file: number): number {
    const piece = Buffer.alloc(pieceBytes);
    const count = readSync(file, piece, 0, pieceBytes, this.offset);
    this.offset += count;
    const lines = (this.begun + this.decoder.write(piece.subarray(0, count))).split("\n");
    this.begun = (lines.pop() ?? "").slice(0, pieceBytes);
    for (const line of lines) this.tell(line);
    return count;
  }

  private skip(to: number): void {
    this.tell(`… (${to - this.offset} bytes came faster than they were read)`);
    this.offset = to;
    this.begun = "";
    this.decoder = new StringDecoder("utf8");
  }

  private empty(file: number): void {
    ftruncateSync(file, 0);
    this.offset = 0;
  }

  private tell(line: string): void {
    if (line.trim() === "") return;
    this.kept.push(line);
    if (this.kept.length > this.options.keep) this.kept.shift();
    this.hear(line);
  }
}
