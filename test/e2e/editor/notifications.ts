import type { Locator, Page } from "playwright-core";

/** Messages in the corner of the window, and dialogs in its middle. */
export class Notifications {
  constructor(private readonly page: Page) {}

  containing(text: string | RegExp): Locator {
    return this.page.locator(".notifications-toasts .notification-list-item", { hasText: text });
  }

  async press(text: string | RegExp, button: string): Promise<void> {
    const toast = this.containing(text);
    await toast.waitFor();
    await toast.hover();
    await toast.locator(".monaco-button", { hasText: button }).click();
  }

  get dialog(): Locator {
    return this.page.locator(".monaco-dialog-box");
  }

  async answerDialog(button: string): Promise<void> {
    await this.dialog.waitFor();
    await this.dialog.locator(".monaco-button", { hasText: button }).click();
    await this.dialog.waitFor({ state: "hidden" });
  }
}
