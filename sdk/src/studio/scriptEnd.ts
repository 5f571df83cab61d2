import type { RunEnd } from "./runLine.js";

/** Who tells of the end of a script. */
export interface EndTeller {
  /** Once nothing is left to do; the process goes on until it is told, or that takes too long: then it gives false. */
  atLeisure(end: RunEnd): Promise<boolean>;
  /** The process ends now. */
  atOnce(end: RunEnd): void;
}

/**
 * Tells how the script ends: when nothing is left to do, or, where it is ended before that (`process.exit`, an error that nobody
 * catches), at the very end.
 */
export class ScriptEnd {
  private thrown: string | undefined;
  /** What is known to have arrived. */
  private told: RunEnd | undefined;

  private constructor(private readonly teller: EndTeller) {}

  /** From now on until the end. */
  static watch(teller: EndTeller): void {
    new ScriptEnd(teller).listen();
  }

  private listen(): void {
    process.once("beforeExit", (code) => {
      void this.atLeisure({ failed: code !== 0 });
    });
    // Told of it, and changes nothing about it.
    process.on("uncaughtExceptionMonitor", (error: unknown) => {
      this.thrown = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    });
    process.once("exit", (code) => this.exits(code));
  }

  private async atLeisure(end: RunEnd): Promise<void> {
    if (await this.teller.atLeisure(end)) this.told = end;
  }

  private exits(code: number): void {
    const failed = code !== 0;
    if (this.told?.failed === failed) return;
    const why = this.thrown ?? `it ended with exit code ${code}`;
    this.teller.atOnce(failed ? { failed, error: why } : { failed });
  }
}
