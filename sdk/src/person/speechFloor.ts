import type { SpokenPart } from "./spoken.js";

/** After this long without a word from whoever has the floor, somebody else gets it, in milliseconds. */
const patienceMs = 400;

interface Speech {
  readonly id: string;
  readonly agent: string;
  readonly server: string;
  /** Said, and not printed yet. */
  waiting: string;
  ended: boolean;
}

/**
 * Several agents speak at a time, and one is printed: who has the floor.
 *
 * 1. What the one with the floor says is printed at once; what others say waits until it has ended, or has said nothing for a
 *    while. Then the one that has waited longest gets the floor.
 * 2. Each line begins with its speaker. Nobody's text goes on in another's line.
 */
export class SpeechFloor {
  /** Those that have something to print, in the order in which they began to wait. */
  private readonly queue = new Map<string, Speech>();
  private holder: Speech | undefined;
  private holderSpokeAt = 0;
  private atLineStart = true;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly print: (text: string) => void,
    /** What stands at the beginning of each line of a speaker. */
    private readonly labelOf: (speaker: { agent: string; server: string }) => string,
  ) {}

  say({ speech: id, agent, server, text, last }: SpokenPart): void {
    if (this.holder?.id === id) {
      this.utter(this.holder, text);
      if (last) this.next();
      return;
    }
    const speech = this.queue.get(id) ?? { id, agent, server, waiting: "", ended: false };
    speech.waiting += text;
    speech.ended = last;
    if (speech.waiting === "") return;
    this.queue.set(id, speech);
    if (this.holder === undefined) this.next();
    else this.watchHolder();
  }

  /** Something else is printed now: the line ends, and is gone on with in another. */
  interrupt(): void {
    if (!this.atLineStart) this.print("\n");
    this.atLineStart = true;
  }

  /** Prints all that waits, in one go: the process ends. */
  flush(): void {
    while (this.queue.size > 0) this.next();
    this.interrupt();
  }

  /** The floor goes to the one that has waited longest; those that have ended already are printed on the way. */
  private next(): void {
    this.interrupt();
    this.holder = undefined;
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const speech of this.queue.values()) {
      this.queue.delete(speech.id);
      const { waiting } = speech;
      speech.waiting = "";
      this.utter(speech, waiting);
      if (!speech.ended) {
        this.holder = speech;
        if (this.queue.size > 0) this.watchHolder();
        return;
      }
      this.interrupt();
    }
  }

  private watchHolder(): void {
    if (this.timer !== undefined) return;
    const leftMs = Math.max(this.holderSpokeAt + patienceMs - performance.now(), 0);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (performance.now() - this.holderSpokeAt >= patienceMs - 1) this.next();
      else this.watchHolder();
    }, leftMs).unref();
  }

  private utter(speaker: Speech, text: string): void {
    this.holderSpokeAt = performance.now();
    if (text === "") return;
    const label = this.labelOf(speaker);
    const lines = text.split("\n");
    let out = "";
    for (const [index, line] of lines.entries()) {
      const isLast = index === lines.length - 1;
      if (this.atLineStart && (line !== "" || !isLast)) out += line === "" ? label.trimEnd() : label;
      out += isLast ? line : `${line}\n`;
      this.atLineStart = !isLast || line === "";
    }
    this.print(out);
  }
}
