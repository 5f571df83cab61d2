import type { DeskContent } from "../deskContent.js";
import { bytes } from "./units.js";

const BAR_CELLS = 24;
const PRINTED_PERCENTS = [25, 50, 75, 100];

/** Says on standard error how far a run is: one line that changes in a terminal, a few lines elsewhere. */
export class Progress implements Disposable {
  private bytesRead = 0;
  private lastPercent = 0;
  private stage = "starting";

  constructor(
    private readonly title: string,
    private readonly totalBytes: number,
    private readonly stream: NodeJS.WriteStream = process.stderr,
  ) {
    this.draw();
  }

  add(content: DeskContent): void {
    if (content.kind === "indexed") this.bytesRead += content.bytes;
    this.stage = stageAfter(content, this.bytesRead >= this.totalBytes) ?? this.stage;
    this.draw();
  }

  [Symbol.dispose](): void {
    if (this.stream.isTTY) this.stream.write("\r\x1b[2K");
  }

  private draw(): void {
    const part = Math.min(1, this.bytesRead / this.totalBytes);
    const percent = Math.floor(part * 100);
    const amount = `${bytes(this.bytesRead)} of ${bytes(this.totalBytes)}`;
    if (this.stream.isTTY) {
      const filled = Math.round(part * BAR_CELLS);
      const bar = "█".repeat(filled) + "░".repeat(BAR_CELLS - filled);
      this.stream.write(`\r\x1b[2K  ${this.title}  ${bar} ${percent} %  ${amount}  ${this.stage}`);
      return;
    }
    if (PRINTED_PERCENTS.some((each) => this.lastPercent < each && percent >= each)) {
      this.stream.write(`${this.title}: ${amount} read\n`);
      this.lastPercent = percent;
    }
  }
}

function stageAfter(content: DeskContent, allRead: boolean): string | undefined {
  switch (content.kind) {
    case "indexed":
      return allRead ? "counting words" : "reading";
    case "corpus":
      return "scoring";
    case "findings":
      return "merging";
    case "evidence":
      return "writing";
    default:
      return undefined;
  }
}
