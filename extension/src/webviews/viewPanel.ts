import { act, copyText, type PageMessage, saveFile } from "agentscope-distributed-webview/shell";
import { commands, type Disposable, env, Uri, type WebviewPanel, window, workspace } from "vscode";
import type { DaemonClient } from "../daemon/daemonClient.js";
import { pageHtml } from "./pageHtml.js";
import { Relay } from "./relay.js";
import type { ViewKind } from "./viewKind.js";

export interface PanelOptions<Subject> {
  kind: ViewKind<Subject>;
  subject: Subject;
  client: DaemonClient;
  /** The folder with the pages' bundles. */
  pages: Uri;
  icon: { light: Uri; dark: Uri };
}

/**
 * A view in the editor area.
 *
 * 1. A hidden panel has no page: the page keeps its place, and begins anew when it is seen again.
 * 2. A page has a relay of its own, which ends when another page speaks, the panel is hidden, or it is closed.
 */
export class ViewPanel<Subject> implements Disposable {
  private relay: Relay | undefined;
  private readonly disposables: Disposable[] = [];
  private isOpen = true;

  constructor(
    private readonly panel: WebviewPanel,
    private readonly options: PanelOptions<Subject>,
    ended: () => void,
  ) {
    const { kind, subject, pages } = options;
    const { webview } = panel;
    panel.title = kind.title(subject);
    panel.iconPath = options.icon;
    webview.options = { enableScripts: true, enableForms: false, localResourceRoots: [pages] };
    this.disposables.push(
      webview.onDidReceiveMessage((message: PageMessage) => this.take(message)),
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.endRelay();
      }),
      panel.onDidDispose(() => {
        this.isOpen = false;
        this.dispose();
        ended();
      }),
    );
    const address = (file: string) => webview.asWebviewUri(Uri.joinPath(pages, file)).toString();
    webview.html = pageHtml({
      script: address(`${kind.page}.js`),
      style: address(`${kind.page}.css`),
      cspSource: webview.cspSource,
      title: panel.title,
      opened: { subject, actions: [...kind.actions] },
    });
  }

  reveal(): void {
    this.panel.reveal();
  }

  dispose(): void {
    this.endRelay();
    for (const disposable of this.disposables.splice(0)) disposable.dispose();
    if (!this.isOpen) return;
    this.isOpen = false;
    this.panel.dispose();
  }

  private take(message: PageMessage): void {
    if (typeof message?.page !== "string") return;
    if (!this.relay?.isOf(message.page)) {
      this.endRelay();
      this.relay = this.begin(message.page);
    }
    this.relay.take(message);
  }

  private begin(page: string): Relay {
    const { client, kind, subject } = this.options;
    const port = { post: (message: PageMessage) => void this.panel.webview.postMessage(message) };
    const relay = new Relay(client, page, { port, allowed: kind.allowed });
    relay.rpc.onRequest(saveFile, async ({ name, text }) => ({ saved: await save(name, text) }));
    relay.rpc.onRequest(copyText, async ({ text }) => {
      await env.clipboard.writeText(text);
      return {};
    });
    relay.rpc.onRequest(act, async ({ id }) => {
      if (kind.actions.some((action) => action.id === id)) await commands.executeCommand(id, subject);
      return {};
    });
    return relay;
  }

  private endRelay(): void {
    this.relay?.dispose();
    this.relay = undefined;
  }
}

/** Where the person wants it; false: nowhere. */
async function save(name: string, text: string): Promise<boolean> {
  const folder = workspace.workspaceFolders?.[0]?.uri;
  const target = await window.showSaveDialog(folder ? { defaultUri: Uri.joinPath(folder, name) } : {});
  if (!target) return false;
  await workspace.fs.writeFile(target, Buffer.from(text));
  return true;
}
