import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { neededPages } from "./installedPages.js";

/** What a page says to its editor, and hears. */
interface PageMessage {
  page: string;
  message: unknown;
}

export interface PanelParts {
  /** The document, with scripts and styles at these addresses, which may come from `cspSource`. */
  html: (addresses: { script: string; style: string; cspSource: string }) => string;
  /** Takes what a page says; `post` answers it. */
  begin: (page: string, post: (message: PageMessage) => void) => { take(message: PageMessage): void; dispose(): void };
  /** The name of its bundle. */
  page: string;
}

const origin = "https://panel.test";

/** What an editor gives a page, run in it before its own script. */
const editorApi = `
  document.addEventListener("securitypolicyviolation", (event) => {
    void tellViolation(event.violatedDirective + ": " + event.blockedURI);
  });
  globalThis.acquireVsCodeApi = () => ({
    postMessage: (message) => void postToEditor(message),
    getState: () => JSON.parse(document.documentElement.dataset.kept ?? "null") ?? undefined,
    setState: (state) => void keepInEditor(state),
  });
`;

/**
 * A panel of an editor, as far as a page sees one: its API, its policy, its state, and the way to the daemon. A page that is hidden is
 * gone, and another one begins when it is shown.
 */
export class EditorPanel implements AsyncDisposable {
  /** What the page asked to be loaded from elsewhere. */
  readonly requested: string[] = [];
  /** What the browser refused for the policy. */
  readonly violations: string[] = [];
  readonly errors: string[] = [];
  kept: unknown;
  private relay: ReturnType<PanelParts["begin"]> | undefined;
  private spoken = "";

  private constructor(
    readonly page: Page,
    private readonly parts: PanelParts,
  ) {}

  static async open(browser: Browser, parts: PanelParts, options: BrowserContextOptions = {}): Promise<EditorPanel> {
    const context = await browser.newContext({ viewport: { width: 900, height: 700 }, ...options });
    const panel = new EditorPanel(await context.newPage(), parts);
    await panel.prepare();
    await panel.show();
    return panel;
  }

  /** Shows the page, anew. */
  async show(): Promise<void> {
    await this.page.goto(`${origin}/panel.html`);
  }

  async hide(): Promise<void> {
    await this.page.goto("about:blank");
    this.endRelay();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.endRelay();
    await this.page.context().close();
  }

  private async prepare(): Promise<void> {
    const { page, parts } = this;
    page.on("pageerror", (error) => this.errors.push(error.message));
    await page.exposeFunction("postToEditor", (message: PageMessage) => this.take(message));
    await page.exposeFunction("keepInEditor", (state: unknown) => {
      this.kept = state;
    });
    await page.exposeFunction("tellViolation", (text: string) => this.violations.push(text));
    await page.route("**/*", async (route) => {
      const { pathname, origin: asked } = new URL(route.request().url());
      if (asked !== origin) {
        this.requested.push(route.request().url());
        return route.abort();
      }
      if (pathname === "/panel.html") {
        const addresses = { script: `/${parts.page}.js`, style: `/${parts.page}.css`, cspSource: origin };
        return route.fulfill({ contentType: "text/html", body: this.document(parts.html(addresses)) });
      }
      const body = await readFile(join(neededPages().folder, pathname)).catch(() => undefined);
      if (!body) return route.fulfill({ status: 404 });
      return route.fulfill({ contentType: pathname.endsWith(".css") ? "text/css" : "text/javascript", body });
    });
    await page.addInitScript(editorApi);
  }

  private document(html: string): string {
    const kept = JSON.stringify(this.kept ?? null)
      .replaceAll("&", "&amp;")
      .replaceAll('"', "&quot;");
    return html.replace("<html ", `<html data-kept="${kept}" `);
  }

  private take(message: PageMessage): void {
    if (this.spoken !== message.page) {
      this.endRelay();
      this.spoken = message.page;
      this.relay = this.parts.begin(message.page, (answer) => {
        // The page may be gone by now.
        void this.page.evaluate(`window.postMessage(${JSON.stringify(answer)}, "*")`).catch(() => {});
      });
    }
    this.relay?.take(message);
  }

  private endRelay(): void {
    this.relay?.dispose();
    this.relay = undefined;
  }
}
