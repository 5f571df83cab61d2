import { EchoCaller } from "../echoCaller.js";
import { PeerProcess } from "../peerProcess.js";

/** The yardstick: unary calls of plain @grpc/grpc-js that echo the message as JSON, between two processes of their own. */
export class GrpcEcho implements AsyncDisposable {
  readonly #server: AsyncDisposable;
  readonly #client: EchoCaller;

  private constructor(server: AsyncDisposable, client: EchoCaller) {
    this.#server = server;
    this.#client = client;
  }

  static async start(): Promise<GrpcEcho> {
    const server = await PeerProcess.start(new URL("./grpcEchoServer.js", import.meta.url));
    const client = await EchoCaller.start(new URL("./grpcEchoClient.js", import.meta.url), [server.port("grpc")]);
    return new GrpcEcho(server, client);
  }

  /** Milliseconds of each call, one after the other. */
  sequential(calls: number): Promise<readonly number[]> {
    return this.#client.sequential(calls);
  }

  callsPerSecond(calls: number, inFlight: number): Promise<number> {
    return this.#client.callsPerSecond(calls, inFlight);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client[Symbol.asyncDispose]();
    await this.#server[Symbol.asyncDispose]();
  }
}
