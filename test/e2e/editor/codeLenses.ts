import type { Locator, Page } from "playwright-core";
import { until } from "../../processes/until.js";

/** What stands above lines of the open editor. */
export class CodeLenses {
  constructor(private readonly page: Page) {}

  /** One by its words; what has no command is no link. */
  lens(title: string): Locator {
    const words = new RegExp(`^${title.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`);
    return this.page.locator(".codelens-decoration a, .codelens-decoration > span", { hasText: words });
  }

  /** Presses one, and waits for what it does. What is drawn from memory at first has no command yet, and is no link. */
  async press(title: string, hasHappened: () => Promise<boolean>): Promise<void> {
    await this.lens(title).and(this.page.locator("a")).first().click();
    await until(hasHappened, { timeoutMs: 90_000, what: `what ${title} does` });
  }
}
