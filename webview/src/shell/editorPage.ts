import {
  AbstractMessageReader,
  AbstractMessageWriter,
  createMessageConnection,
  type DataCallback,
  type Disposable,
  type Message,
} from "vscode-jsonrpc/browser";
import { DaemonOverRpc } from "../daemon/daemonOverRpc.js";
import type { Daemon } from "../daemon/daemon.js";
import type { Shell } from "./shell.js";
import {
  act,
  copyText,
  editorLink,
  type PageKept,
  type PageMessage,
  type PageOpened,
  pageReady,
  saveFile,
} from "./shellProtocol.js";

interface EditorApi {
  postMessage(message: PageMessage): void;
  getState(): PageKept | undefined;
  setState(state: PageKept): void;
}
declare const acquireVsCodeApi: () => EditorApi;

class PageReader extends AbstractMessageReader {
  constructor(private readonly page: string) {
    super();
  }

  listen(callback: DataCallback): Disposable {
    const take = ({ data }: MessageEvent<PageMessage>) => {
      if (data?.page === this.page) callback(data.message);
    };
    window.addEventListener("message", take);
    return { dispose: () => window.removeEventListener("message", take) };
  }
}

class PageWriter extends AbstractMessageWriter {
  constructor(
    private readonly page: string,
    private readonly editor: EditorApi,
  ) {
    super();
  }

  async write(message: Message): Promise<void> {
    this.editor.postMessage({ page: this.page, message });
  }

  end(): void {}
}

/** A page in a panel of VS Code: the daemon by way of the editor, and the editor itself. Called once. */
export function editorPage(): { daemon: Daemon; shell: Shell; subject: unknown } {
  const editor = acquireVsCodeApi();
  const opened = JSON.parse(document.body.dataset.opened ?? "null") as PageOpened;
  const page = crypto.randomUUID();
  const rpc = createMessageConnection(new PageReader(page), new PageWriter(page, editor));
  const daemon = new DaemonOverRpc(rpc);
  rpc.onNotification(editorLink, (state) => daemon.setLink(state));
  rpc.listen();

  const { subject, actions } = opened;
  const kept = editor.getState();
  // At once: a window that is loaded anew knows the page by this alone.
  editor.setState({ ...kept, subject });
  void rpc.sendNotification(pageReady, {});
  const shell: Shell = {
    actions,
    act: async ({ id }) => void (await rpc.sendRequest(act, { id })),
    place: kept?.place,
    keepPlace: (place) => editor.setState({ subject, place }),
    saveFile: async (name, text) => (await rpc.sendRequest(saveFile, { name, text })).saved,
    copyText: async (text) => void (await rpc.sendRequest(copyText, { text })),
  };
  return { daemon, shell, subject };
}
