import type { PageKept } from "agentscope-distributed-webview/shell";
import { type Disposable, Uri, ViewColumn, type WebviewPanel, window } from "vscode";
import type { DaemonClient } from "../daemon/daemonClient.js";
import type { ViewKind } from "./viewKind.js";
import { ViewPanel } from "./viewPanel.js";

/** The views of one kind that are open, one for each subject; they are there again after the window was loaded anew. */
export class ViewPanels<Subject> implements Disposable {
  private readonly panels = new Map<string, ViewPanel<Subject>>();
  private readonly serializer: Disposable;

  constructor(
    private readonly kind: ViewKind<Subject>,
    private readonly shared: { client: DaemonClient; extension: Uri },
  ) {
    this.serializer = window.registerWebviewPanelSerializer(this.viewType, {
      deserializeWebviewPanel: async (panel: WebviewPanel, kept: PageKept | undefined) => {
        const subject = kind.restore(kept?.subject);
        if (subject === undefined) panel.dispose();
        else this.adopt(panel, subject);
      },
    });
  }

  /** How many are open. */
  get size(): number {
    return this.panels.size;
  }

  open(subject: Subject): void {
    const open = this.panels.get(this.kind.key(subject));
    if (open) {
      open.reveal();
      return;
    }
    this.adopt(window.createWebviewPanel(this.viewType, this.kind.title(subject), ViewColumn.Active), subject);
  }

  dispose(): void {
    this.serializer.dispose();
    for (const panel of [...this.panels.values()]) panel.dispose();
    this.panels.clear();
  }

  private get viewType(): string {
    return `agentscope.${this.kind.page}`;
  }

  private adopt(webviewPanel: WebviewPanel, subject: Subject): void {
    const { kind } = this;
    const key = kind.key(subject);
    // One that was moved to another window, or kept twice.
    this.panels.get(key)?.dispose();
    const { client, extension } = this.shared;
    const icon = (theme: string) => Uri.joinPath(extension, "media", "icons", `${kind.icon}-${theme}.svg`);
    const panel = new ViewPanel(
      webviewPanel,
      {
        kind,
        subject,
        client,
        pages: Uri.joinPath(extension, "dist", "bundle", "webview"),
        icon: { light: icon("light"), dark: icon("dark") },
      },
      () => {
        if (this.panels.get(key) === panel) this.panels.delete(key);
      },
    );
    this.panels.set(key, panel);
  }
}
