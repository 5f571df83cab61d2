import type { Locator, Page } from "playwright-core";
import { until } from "../../processes/until.js";

/** The terminal at the bottom of the window. */
export class TerminalPanel {
  private readonly panel: Locator;

  constructor(private readonly page: Page) {
    this.panel = page.locator(".terminal-wrapper.active");
  }

  /** Waits until a text is on its screen; lines that are wrapped there are one line. */
  async prints(text: string, timeoutMs = 30_000): Promise<void> {
    await until(async () => (await this.text()).includes(text.replaceAll(/\s/g, "")), {
      timeoutMs,
      what: `${text} in the terminal`,
    });
  }

  async type(line: string): Promise<void> {
    await this.panel.locator(".xterm-screen").click();
    await this.page.keyboard.type(line);
    await this.page.keyboard.press("Enter");
  }

  private async text(): Promise<string> {
    const rows = this.panel.locator(".xterm-rows");
    // Of terminals that were hidden, only the one in front has rows that are seen.
    return (await rows.allInnerTexts()).join("").replaceAll(/\s/g, "");
  }
}
