import { PeerProcess } from "../peerProcess.js";

/** By which wire the bytes go: a stream of @grpc/grpc-js with messages of 256 KiB, or a plain TCP socket. */
export type Wire = "grpc" | "tcp";

export interface ByteStreamQuestion {
  readonly wire: Wire;
  readonly bytes: number;
}

export interface ByteStreamAnswer {
  readonly bytesPerSecond: number;
}

/** The yardstick of large values: bytes from one process to another, with nothing done to them. */
export class ByteStream implements AsyncDisposable {
  readonly #sender: AsyncDisposable;
  readonly #receiver: PeerProcess<ByteStreamQuestion, ByteStreamAnswer>;

  private constructor(sender: AsyncDisposable, receiver: PeerProcess<ByteStreamQuestion, ByteStreamAnswer>) {
    this.#sender = sender;
    this.#receiver = receiver;
  }

  static async start(): Promise<ByteStream> {
    const sender = await PeerProcess.start(new URL("./byteStreamSender.js", import.meta.url));
    const receiver = await PeerProcess.start<ByteStreamQuestion, ByteStreamAnswer>(
      new URL("./byteStreamReceiver.js", import.meta.url),
      [sender.port("grpc"), sender.port("tcp")],
    );
    return new ByteStream(sender, receiver);
  }

  async bytesPerSecond(wire: Wire, bytes: number): Promise<number> {
    return (await this.#receiver.ask({ wire, bytes })).bytesPerSecond;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#receiver[Symbol.asyncDispose]();
    await this.#sender[Symbol.asyncDispose]();
  }
}
