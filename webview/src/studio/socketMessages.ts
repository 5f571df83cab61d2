import {
  AbstractMessageReader,
  AbstractMessageWriter,
  type DataCallback,
  type Disposable,
  type Message,
} from "vscode-jsonrpc/browser";

/** Each text of the socket is a message. */
export class SocketReader extends AbstractMessageReader {
  constructor(private readonly socket: WebSocket) {
    super();
  }

  listen(callback: DataCallback): Disposable {
    const take = ({ data }: MessageEvent<string>) => callback(JSON.parse(data) as Message);
    const close = () => this.fireClose();
    this.socket.addEventListener("message", take);
    this.socket.addEventListener("close", close);
    return {
      dispose: () => {
        this.socket.removeEventListener("message", take);
        this.socket.removeEventListener("close", close);
      },
    };
  }
}

export class SocketWriter extends AbstractMessageWriter {
  constructor(private readonly socket: WebSocket) {
    super();
  }

  async write(message: Message): Promise<void> {
    // One that is closing loses it: who asked is told by the connection's end.
    this.socket.send(JSON.stringify(message));
  }

  end(): void {
    this.socket.close();
  }
}
