import { basename } from "node:path";
import type { Locator, Page } from "playwright-core";
import { until } from "../../processes/until.js";

/** The palette, and whatever else asks at the top of the window. */
export class QuickInput {
  private readonly widget: Locator;

  constructor(private readonly page: Page) {
    this.widget = page.locator(".quick-input-widget");
  }

  get input(): Locator {
    return this.widget.locator(".quick-input-box input");
  }

  row(label: string): Locator {
    return this.widget.locator(".quick-input-list .monaco-list-row", {
      has: this.page.locator(".label-name", { hasText: new RegExp(`^${escape(label)}$`) }),
    });
  }

  async runCommand(title: string): Promise<void> {
    await until(() => this.tryCommand(title), { timeoutMs: 60_000, what: `the command ${title} in the palette` });
  }

  /** Whether the palette lists a command now. */
  async lists(title: string): Promise<boolean> {
    await this.openPalette(title);
    const found = await appears(this.row(title), 1_000);
    await this.close();
    return found;
  }

  /** Chooses the row whose label is this. */
  async choose(label: string): Promise<void> {
    await this.row(label).first().click();
  }

  /** Types into the box that asks, and confirms it. */
  async answer(text: string): Promise<void> {
    await this.input.waitFor();
    await this.input.fill(text);
    await this.input.press("Enter");
  }

  /** Answers a dialog that asks for a file of this machine, by its path. */
  async answerFile(path: string): Promise<void> {
    await this.input.waitFor();
    // It begins with a folder that it has looked up, over what is there.
    await until(async () => (await this.input.inputValue()) !== "", { timeoutMs: 30_000, what: "the dialog's folder" });
    await this.input.fill(path);
    // From the list: what the box says is taken only when the dialog has looked it up, and nothing tells when that is.
    await until(
      async () => {
        await this.row(basename(path))
          .click({ timeout: 2_000 })
          .catch(() => {});
        return disappears(this.widget, 2_000);
      },
      { timeoutMs: 60_000, what: "the end of the dialog" },
    );
  }

  async close(): Promise<void> {
    await this.page.keyboard.press("Escape");
    await this.widget.waitFor({ state: "hidden" });
  }

  private async tryCommand(title: string): Promise<boolean> {
    await this.openPalette(title);
    if (!(await appears(this.row(title), 1_000))) {
      await this.close();
      return false;
    }
    await this.choose(title);
    // The box is the same one when the command asks something.
    await until(async () => (await this.widget.isHidden()) || (await this.input.inputValue()) !== `>${title}`, {
      timeoutMs: 30_000,
      what: "the end of the palette",
    });
    return true;
  }

  private async openPalette(title: string): Promise<void> {
    await this.page.keyboard.press("F1");
    await this.input.waitFor();
    await this.input.fill(`>${title}`);
  }
}

async function appears(locator: Locator, timeoutMs: number): Promise<boolean> {
  return locator
    .first()
    .waitFor({ timeout: timeoutMs })
    .then(
      () => true,
      () => false,
    );
}

async function disappears(locator: Locator, timeoutMs: number): Promise<boolean> {
  return locator.waitFor({ state: "hidden", timeout: timeoutMs }).then(
    () => true,
    () => false,
  );
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
