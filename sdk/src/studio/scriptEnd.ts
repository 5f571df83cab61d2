import type { RunEnd } from "./runLine.js";

/** Who tells of the end of a script. */
export interface EndTeller {
  /** Once nothing is left to do; the process goes on until it is told. */
  atLeisure(end: RunEnd): Promise<void>;
  /** The process ends now. */
  atOnce(end: RunEnd): void;
}

/**
 * Tells how the script ends: when nothing is left to do, or, where it is ended before that (`process.exit`, an error that nobody
 * catches), at the very end.
 */
export class ScriptEnd {
  private thrown: string | undefined;
  private told: RunEnd | undefined;

  private constructor(private readonly teller: EndTeller) {}

  /** From now on until the end. */
  static watch(teller: EndTeller): void {
    new ScriptEnd(teller).listen();
  }

  private listen(): void {
    const { teller } = this;
    process.once("beforeExit", (code) => {
      this.told = { failed: code !== 0 };
      void teller.atLeisure(this.told);
    });
    // Told of it, and changes nothing about it.
    process.on("uncaughtExceptionMonitor", (error: unknown) => {
      this.thrown = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    });
    process.once("exit", (code) => this.exits(code));
  }

  private exits(code: number): void {
    const failed = code !== 0;
    if (this.told?.failed === failed) return;
    const why = this.thrown ?? `it ended with exit code ${code}`;
    this.teller.atOnce(failed ? { failed, error: why } : { failed });
  }
}
