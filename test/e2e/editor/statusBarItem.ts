import type { Locator, Page } from "playwright-core";

const extension = "agentscope-distributed.agentscope-distributed-vscode";

/** An item of the extension in the status bar. */
export class StatusBarItem {
  readonly element: Locator;

  constructor(page: Page, id: string) {
    this.element = page.locator(`.statusbar-item[id="${extension}.${id}"]`);
  }

  async text(): Promise<string> {
    return (await this.element.innerText()).trim();
  }

  async click(): Promise<void> {
    await this.element.locator("a").click();
  }
}
