import { PeerProcess } from "../peerProcess.js";

export type GrpcEchoQuestion =
  | { readonly kind: "sequential"; readonly calls: number }
  | { readonly kind: "throughput"; readonly calls: number; readonly inFlight: number };

export type GrpcEchoAnswer =
  | { readonly kind: "sequential"; readonly tookMs: readonly number[] }
  | { readonly kind: "throughput"; readonly callsPerSecond: number };

/** The yardstick: unary calls of plain @grpc/grpc-js that echo the message as JSON, between two processes of their own. */
export class GrpcEcho implements AsyncDisposable {
  readonly #server: AsyncDisposable;
  readonly #client: PeerProcess<GrpcEchoQuestion, GrpcEchoAnswer>;

  private constructor(server: AsyncDisposable, client: PeerProcess<GrpcEchoQuestion, GrpcEchoAnswer>) {
    this.#server = server;
    this.#client = client;
  }

  static async start(): Promise<GrpcEcho> {
    const server = await PeerProcess.start(new URL("./grpcEchoServer.js", import.meta.url));
    const client = await PeerProcess.start<GrpcEchoQuestion, GrpcEchoAnswer>(
      new URL("./grpcEchoClient.js", import.meta.url),
      [server.port("grpc")],
    );
    return new GrpcEcho(server, client);
  }

  /** Milliseconds of each call, one after the other. */
  async sequential(calls: number): Promise<readonly number[]> {
    const answer = await this.#client.ask({ kind: "sequential", calls });
    if (answer.kind !== "sequential") throw new Error(`asked for sequential calls, not ${answer.kind}`);
    return answer.tookMs;
  }

  async callsPerSecond(calls: number, inFlight: number): Promise<number> {
    const answer = await this.#client.ask({ kind: "throughput", calls, inFlight });
    if (answer.kind !== "throughput") throw new Error(`asked for throughput, not ${answer.kind}`);
    return answer.callsPerSecond;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client[Symbol.asyncDispose]();
    await this.#server[Symbol.asyncDispose]();
  }
}
