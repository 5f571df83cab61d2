import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { type RunningServer, type StartOptions, startMemoryServer } from "./memoryServer.js";

const same = (bytes: Buffer) => bytes;

/** A server, and a client of it that knows nothing but bytes. */
export class RawClient implements AsyncDisposable {
  readonly #client: Client;

  constructor(readonly running: RunningServer) {
    const unlimited = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };
    this.#client = new Client(`127.0.0.1:${running.port}`, credentials.createInsecure(), unlimited);
  }

  static async start(options: StartOptions = {}): Promise<RawClient> {
    return new RawClient(await startMemoryServer(options));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.close();
    await this.running[Symbol.asyncDispose]();
  }

  /** Sends bytes, gives the bytes of the answer. */
  async ask(method: string, request: Uint8Array = Buffer.alloc(0), metadata = new Metadata()): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const options = { deadline: Date.now() + 5000 };
      const args = [`/RpcAgent/${method}`, same, same, Buffer.from(request), metadata, options] as const;
      this.#client.makeUnaryRequest<Buffer, Buffer>(...args, (error, response) =>
        response ? resolve(response) : reject(error ?? new Error("no response")),
      );
    });
  }

  /** The text of a GeneralResponse with `ok: true`. */
  async accepted(method: string, request?: Uint8Array): Promise<string> {
    const response = await this.ask(method, request);
    if (response[0] === 0x08 && response[1] === 1) return textOf(response.subarray(2));
    throw new Error(`${method} was refused: ${textOf(response)}`);
  }

  /** The text of a GeneralResponse with `ok: false`, which has no field 1. */
  async refused(method: string, request?: Uint8Array): Promise<string> {
    const response = await this.ask(method, request);
    if (response[0] === 0x12) return textOf(response);
    throw new Error(`${method} was not refused`);
  }

  /** The messages of `download_file`, as they come. */
  download(path: string): AsyncIterable<Buffer> {
    return this.#client.makeServerStreamRequest<Buffer, Buffer>("/RpcAgent/download_file", same, same, field(1, path));
  }
}

/** A field of protobuf wire type 2. */
export function field(number: number, value: string | Uint8Array): Buffer {
  const data = Buffer.from(value as Uint8Array);
  const length: number[] = [];
  let rest = data.length;
  do {
    length.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), data]);
}

/** The text of field 2, the only one left. */
export function textOf(bytes: Uint8Array): string {
  if (bytes.length === 0) return "";
  let at = 1;
  while ((bytes[at++] ?? 0) & 0x80);
  return Buffer.from(bytes.subarray(at)).toString("utf8");
}
