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
  async stopsAt(file: string, text: string, timeoutMs = 60_000): Promise<void> {
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

  async goOn(): Promise<void> {
    await this.page.keyboard.press("F5");
  }

  /** What the highlighted line says: it is drawn in a layer of its own, at the same height. */
  private async textOfStoppedLine(): Promise<string> {
    const mark = await this.stoppedLine
      .first()
      .boundingBox()
      .catch(() => null);
    if (!mark) return "";
    const lines = this.page.locator(".editor-instance .view-line");
    for (const line of await lines.all()) {
      const box = await line.boundingBox();
      if (box && Math.abs(box.y - mark.y) < 2) return line.innerText();
    }
    return "";
  }
}

/** The editor draws spaces as hard ones. */
function normal(text: string): string {
  return text.replaceAll(/\s+/g, " ");
}
