import type { Frame, Page } from "playwright-core";
import { until } from "../../processes/until.js";

export type Webview = Frame;

/** The document inside of a webview: the innermost of three frames. It is another one after each move or reload. */
export async function webview(page: Page, selector: string): Promise<Webview> {
  return until(() => find(page, selector), { timeoutMs: 30_000, what: `a webview with ${selector}` });
}

async function find(page: Page, selector: string): Promise<Webview | undefined> {
  for (const frame of page.frames()) {
    if (!frame.url().includes("/webview/browser/pre/fake.html")) continue;
    try {
      const element = await frame.frameElement();
      if ((await element.getAttribute("id")) !== "active-frame") continue;
      if ((await frame.locator(selector).count()) > 0) return frame;
    } catch {
      // It was replaced while it was looked at.
    }
  }
  return undefined;
}
