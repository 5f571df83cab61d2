import type { Locator, Page } from "playwright-core";
import { until } from "../../processes/until.js";

/** Of the page, in which functions run that are given to it. */
declare const MutationObserver: new (
  changed: () => void,
) => { observe(node: unknown, what: Record<string, boolean>): void; disconnect(): void };

/** A view of the side bar: a tree, or its welcome text. */
export class TreeView {
  private readonly pane: Locator;

  constructor(
    private readonly page: Page,
    private readonly name: string,
  ) {
    this.pane = page.locator(".pane", { has: page.locator(`.pane-header[aria-label^="${name}"]`) });
  }

  get rows(): Locator {
    return this.pane.locator(".monaco-list-row[role=treeitem]");
  }

  get welcome(): Locator {
    return this.pane.locator(".welcome-view-content");
  }

  welcomeButton(label: string): Locator {
    return this.welcome.locator(".monaco-button", { hasText: label });
  }

  /** What stands above the rows. */
  get message(): Locator {
    return this.pane.locator(".message");
  }

  /** Rows whose words begin with, or match, this. */
  row(words: string | RegExp): Locator {
    return this.rows.filter({ hasText: words });
  }

  async expand(row: Locator): Promise<void> {
    await this.expandUntil(row.and(this.page.locator('[aria-expanded="true"]')), row);
  }

  /** Opens rows, whichever of these there are, until what is below one of them is seen; rows come and move meanwhile. */
  async expandUntil(wanted: Locator, rows = this.rows): Promise<void> {
    const closed = rows.and(this.page.locator('[aria-expanded="false"]')).locator(".monaco-tl-twistie");
    await until(
      async () => {
        if (await wanted.isVisible()) return true;
        if ((await closed.count()) === 0) return false;
        await closed
          .first()
          .click({ timeout: 1_000 })
          .catch(() => {});
        // Else the next look sees the row as it was before, and the next click closes it again.
        await this.isDrawn();
        return false;
      },
      { timeoutMs: 60_000, what: `a row of ${this.name} below another one` },
    );
  }

  async collapse(row: Locator): Promise<void> {
    if ((await row.getAttribute("aria-expanded")) === "true") await row.locator(".monaco-tl-twistie").click();
  }

  /**
   * When a row comes to have words that match, by its own clock: the page looks at each change of the view.
   *
   * @returns `looking` resolves when it does so.
   */
  seenAt(words: RegExp): { looking: Promise<unknown>; atMs: Promise<number> } {
    const found = this.pane.evaluateHandle((pane, { source }) => {
      const pattern = new RegExp(source);
      const isThere = () =>
        [...pane.querySelectorAll(".monaco-list-row[role=treeitem]")].some((row) =>
          pattern.test(row.textContent ?? ""),
        );
      const seen = new Promise<number>((resolve) => {
        const look = () => {
          if (!isThere()) return;
          watch.disconnect();
          resolve(Date.now());
        };
        const watch = new MutationObserver(look);
        watch.observe(pane, { subtree: true, childList: true, characterData: true, attributes: true });
        look();
      });
      return { seen };
    }, words);
    const atMs = async () => (await found).evaluate(({ seen }) => seen);
    return { looking: found, atMs: atMs() };
  }

  /** Presses one of the buttons that a row shows under the mouse, until what it does is there. */
  async act(row: Locator, label: string, hasHappened: () => Promise<boolean>): Promise<void> {
    const press = async () => {
      await row.hover({ timeout: 5_000 });
      await row.locator(`.actions .action-label[aria-label^="${label}"]`).click({ timeout: 5_000 });
    };
    await this.attempt(label, { deed: () => press().catch(() => {}), hasHappened });
  }

  /** Chooses from the context menu of a row, until what it does is there. */
  async chooseFromMenu(row: Locator, label: string, hasHappened: () => Promise<boolean>): Promise<void> {
    await this.attempt(label, { deed: () => this.chooseOnce(row, label), hasHappened });
  }

  /**
   * A row that is drawn anew while it is pressed has taken no press; and for a moment the editor knows none of the rows that it shows, so
   * that a command asks which of them is meant.
   */
  private async attempt(
    label: string,
    { deed, hasHappened }: { deed: () => Promise<void>; hasHappened: () => Promise<boolean> },
  ): Promise<void> {
    const question = this.page.locator(".quick-input-widget");
    const what = `what ${label} does`;
    await until(
      async () => {
        await deed();
        const now = async () => ((await hasHappened()) ? "done" : (await question.isVisible()) && "asked");
        const seen = await until(now, { timeoutMs: 15_000, what }).catch(() => "nothing");
        if (seen === "asked") await this.page.keyboard.press("Escape");
        return seen === "done";
      },
      { timeoutMs: 90_000, what },
    );
  }

  private async chooseOnce(row: Locator, label: string): Promise<void> {
    await row.click({ button: "right" });
    const menu = this.page.locator(".monaco-menu").first();
    const item = menu.locator(".action-item", { hasText: label });
    await item.waitFor();
    // A menu takes no click in its first tenth of a second.
    await until(
      async () => {
        await item.click({ timeout: 1_000 }).catch(() => {});
        return menu.waitFor({ state: "hidden", timeout: 1_000 }).then(
          () => true,
          () => false,
        );
      },
      { timeoutMs: 30_000, what: `${label} of a menu` },
    );
  }

  /** Resolves when all that was clicked before is on the screen. */
  private async isDrawn(): Promise<void> {
    await this.page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))");
  }

  /** Presses a button of the view's title, which shows them under the mouse. */
  async actOnTitle(label: string): Promise<void> {
    const header = this.pane.locator(`.pane-header[aria-label^="${this.name}"]`);
    await header.hover();
    await header.locator(`.action-label[aria-label^="${label}"]`).click();
  }
}
