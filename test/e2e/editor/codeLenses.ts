import type { Locator, Page } from "playwright-core";

/** What stands above lines of the open editor. */
export class CodeLenses {
  constructor(private readonly page: Page) {}

  /** One by its words, or as the pattern has it. */
  lens(title: string | RegExp): Locator {
    const text = typeof title === "string" ? new RegExp(`^${title.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`) : title;
    return this.page.locator(".editor-instance .codelens-decoration a, .editor-instance .codelens-decoration span", {
      hasText: text,
    });
  }

  async press(title: string | RegExp): Promise<void> {
    await this.lens(title).first().click();
  }
}
