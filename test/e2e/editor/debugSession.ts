import type { Locator, Page } from "playwright-core";
import { until } from "../../processes/until.js";

/** The editor's debugger, as a person sees it. */
export class DebugSession {
  constructor(private readonly page: Page) {}

  /** Sets a breakpoint, or takes it away, beside a line of the open editor. */
  async toggleBreakpoint(line: Locator): Promise<void> {
    await line.click();
    await this.page.keyboard.press("F9");
  }

  /** The line at which a process or thread stands, in the open editor. */
  get stoppedLine(): Locator {
    return this.page.locator(".debug-top-stack-frame-line");
  }

  /** Waits until it stands at a line with this text, in a file of this name. */
  async stopsAt(file: string, text: string, timeoutMs = 90_000): Promise<void> {
    await this.page.locator(`.tab.active[aria-label^="${file}"]`).waitFor({ timeout: timeoutMs });
    await until(async () => normal(await this.textOfStoppedLine()).includes(normal(text)), {
      timeoutMs,
      what: `a stop at ${text} in ${file}`,
    });
  }

  /** Sessions, threads and frames, as rows of the call stack. */
  get callStack(): Locator {
    return this.page.locator(".debug-call-stack .monaco-list-row");
  }

  isGoing(): Promise<boolean> {
    return this.page.locator(".debug-toolbar").isVisible();
  }

  /** Continues what has stopped. */
  async goOn(): Promise<void> {
    await this.page.locator('.debug-toolbar .action-label[aria-label^="Continue"]').click({ timeout: 5_000 });
  }

  /** Continues at each further stop, until all of it has ended. */
  async goesOnUntilEnd(): Promise<void> {
    await until(
      async () => {
        if (!(await this.isGoing())) return true;
        await this.goOn().catch(() => {});
        return false;
      },
      { timeoutMs: 120_000, what: "the end of the debug session" },
    );
  }

  /** What the highlighted line says: its colour is drawn in a layer of its own, at the same height as the text. */
  private async textOfStoppedLine(): Promise<string> {
    const [top] = await this.stoppedLine.evaluateAll((marks) => marks.map((mark) => mark.getBoundingClientRect().top));
    const lines = await this.page
      .locator(".editor-instance .view-line")
      .evaluateAll((all) => all.map((line) => ({ top: line.getBoundingClientRect().top, text: line.textContent })));
    return lines.find((line) => top !== undefined && Math.abs(line.top - top) < 3)?.text ?? "";
  }
}

/** The editor draws spaces as hard ones, and puts characters without width where it marks a place within the line. */
function normal(text: string): string {
  return text.replaceAll(/[^!-~]/g, "");
}
