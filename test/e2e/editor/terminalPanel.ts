import type { Locator, Page } from "playwright-core";

/** The terminal at the bottom of the window. */
export class TerminalPanel {
  private readonly panel: Locator;

  constructor(private readonly page: Page) {
    this.panel = page.locator(".terminal-wrapper.active");
  }

  async waitFor(): Promise<void> {
    await this.panel.waitFor();
  }

  async type(line: string): Promise<void> {
    await this.panel.locator(".xterm-screen").click();
    await this.page.keyboard.type(line);
    await this.page.keyboard.press("Enter");
  }
}
