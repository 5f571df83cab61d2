import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { until } from "../../processes/until.js";
import { CodeLenses } from "./codeLenses.js";
import { DebugSession } from "./debugSession.js";
import { Notifications } from "./notifications.js";
import { QuickInput } from "./quickInput.js";
import { StatusBarItem } from "./statusBarItem.js";
import { TerminalPanel } from "./terminalPanel.js";
import { TreeView } from "./treeView.js";
import { webview, type Webview } from "./webview.js";

/** One window of VS Code, as a person sees it. */
export class Workbench {
  readonly quickInput: QuickInput;
  readonly notifications: Notifications;
  readonly terminal: TerminalPanel;
  readonly lenses: CodeLenses;
  readonly debug: DebugSession;

  constructor(readonly page: Page) {
    this.quickInput = new QuickInput(page);
    this.notifications = new Notifications(page);
    this.terminal = new TerminalPanel(page);
    this.lenses = new CodeLenses(page);
    this.debug = new DebugSession(page);
  }

  async ready(): Promise<void> {
    await this.page.locator(".monaco-workbench .part.statusbar .statusbar-item").first().waitFor({ timeout: 60_000 });
  }

  /** Runs a command by its title in the palette; waits for the extension that has it to be up. */
  async run(title: string): Promise<void> {
    await this.quickInput.runCommand(title);
  }

  /** Shows a view container by its icon in the activity bar. */
  async showContainer(title: string): Promise<void> {
    const icon = this.page.locator(`.activitybar a.action-label[aria-label^="${title}"]`);
    await icon.waitFor({ timeout: 60_000 });
    // A click on the icon of the container that is shown hides it.
    const item = icon.locator("..");
    // Not on the icon itself: a badge lies over it.
    if ((await item.getAttribute("aria-expanded")) !== "true") await item.click();
    await this.page.locator(`.sidebar .composite.title h2:text-is("${title}")`).waitFor();
  }

  /** The number on the icon of a view container. */
  badge(title: string): Locator {
    const item = this.page.locator(".activitybar .action-item", {
      has: this.page.locator(`a.action-label[aria-label^="${title}"]`),
    });
    return item.locator(".badge-content").filter({ visible: true });
  }

  /** Opens a file of the workspace from the explorer. */
  async openFile(name: string): Promise<void> {
    await this.run("View: Show Explorer");
    await this.page.locator(`.explorer-folders-view .monaco-list-row[aria-label^="${name}"]`).dblclick();
    await this.page.locator(`.tab.active[aria-label^="${name}"]`).waitFor();
  }

  /** Opens a file that stands in a folder of the workspace. */
  async openFileBelow(folder: string, name: string): Promise<void> {
    await this.run("View: Show Explorer");
    const row = this.page.locator(`.explorer-folders-view .monaco-list-row[aria-label^="${folder}"]`);
    if ((await row.getAttribute("aria-expanded")) === "false") await row.click();
    await this.openFile(name);
  }

  /** Presses a button at the top right of the open editor. */
  async pressInEditorTitle(label: string): Promise<void> {
    await this.page.locator(`.editor-actions .action-label[aria-label^="${label}"]`).first().click();
  }

  /** A line of the open editor, by a text in it. */
  line(text: string): Locator {
    // The editor draws spaces as hard ones.
    const pattern = text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll(" ", "\\s");
    return this.page.locator(".editor-instance .view-line", { hasText: new RegExp(pattern) }).first();
  }

  /** Chooses where runs put agents, in the status bar. */
  async chooseRunTarget(label: string): Promise<void> {
    await this.statusBarItem("runTarget").element.waitFor({ timeout: 60_000 });
    await this.statusBarItem("runTarget").click();
    await this.quickInput.choose(label);
    const item = this.statusBarItem("runTarget");
    await until(async () => (await item.text()) === label, { timeoutMs: 10_000, what: `the run target ${label}` });
  }

  view(name: string): TreeView {
    return new TreeView(this.page, name);
  }

  statusBarItem(id: string): StatusBarItem {
    return new StatusBarItem(this.page, id);
  }

  /** The document of a webview that holds what the selector finds. */
  webview(selector: string): Promise<Webview> {
    return webview(this.page, selector);
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  /** By the editor's own command: before, it saves what its panels keep. */
  async reloadWindow(): Promise<void> {
    const loaded = this.page.waitForEvent("load", { timeout: 90_000 });
    await this.run("Developer: Reload Window");
    await loaded;
    await this.ready();
  }

  async close(): Promise<void> {
    // A page that is left says so to VS Code's server; for one that is only gone, that would wait for hours.
    await this.page.goto("about:blank");
    await this.page.context().close();
  }

  /** @param folder made where it is missing. */
  async screenshot(folder: string, name: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    // No tooltip of what the last click was on.
    await this.page.mouse.move(700, 500);
    await this.page.screenshot({ path: join(folder, `${name}.png`), animations: "disabled", caret: "hide" });
  }
}
