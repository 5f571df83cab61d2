import { Client, type ClientDuplexStream, credentials } from "@grpc/grpc-js";
import { decodeControl, encodeControl } from "../../src/link/control.js";
import { controlLane, decodeFrame, encodeFrame, frameKind } from "../../src/link/frame.js";
import { linkService } from "../../src/link/linkService.js";
import { packValue, unpackValue } from "../../src/messages/valueCodec.js";
import { until } from "../until.js";

/** The other end of a link, without anything that keeps it from sending what it should not. */
export class RawLink {
  /** Operations that came from the server, each frame's as one list. */
  readonly received: unknown[][] = [];
  /** The lane of its first worker; known once the server has said welcome. */
  lane = 0;
  ended = false;
  private sequence = 0;
  private readonly client: Client;
  private readonly stream: ClientDuplexStream<Buffer, Buffer>;

  constructor(port: number) {
    const { path, requestSerialize, responseDeserialize } = linkService.open;
    this.client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
    this.stream = this.client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
    this.stream.on("data", (bytes: Buffer) => this.arrived(bytes));
    for (const event of ["end", "error", "close"]) this.stream.on(event, () => (this.ended = true));
  }

  private arrived(bytes: Buffer): void {
    const frame = decodeFrame(bytes);
    if (frame.toLane === controlLane) {
      const control = decodeControl(frame.body);
      if (control.type === "welcome") this.lane = control.peer.lanes[0]?.lane ?? 0;
    } else if (frame.kind === frameKind.operations) {
      this.received.push(unpackValue(frame.body, undefined as never) as unknown[]);
    }
  }

  async open(): Promise<this> {
    const peer = { instance: "raw", address: "", serverId: "", lanes: [], machine: "", realm: "" };
    this.sendBytes(encodeControl({ type: "hello", connection: `raw-${Math.random()}`, resume: false, peer }));
    await until(() => this.lane > 0, { timeoutMs: 5000, what: "the welcome" });
    return this;
  }

  sendBytes(bytes: Uint8Array): void {
    this.stream.write(Buffer.from(bytes));
  }

  /** A frame of operations with any body. */
  sendBody(body: Uint8Array, { toLane = this.lane, fromLane = 0 }: { toLane?: number; fromLane?: number } = {}): void {
    const sequence = ++this.sequence;
    const head = { kind: frameKind.operations, toLane, fromLane, sequence, acknowledgeSoon: false, acknowledged: 0 };
    this.sendBytes(encodeFrame({ ...head, body }));
  }

  send(...operations: unknown[]): void {
    this.sendBody(Uint8Array.from(packValue(operations)));
  }

  /** The answer to a call: the operation's fields from its code on. */
  async answer(seq: number): Promise<unknown[]> {
    const find = () => this.received.find((fields) => fields[1] === seq);
    await until(() => find() !== undefined, { timeoutMs: 5000, what: `an answer to ${seq}` });
    return find() ?? [];
  }

  close(): void {
    this.stream.cancel();
    this.client.close();
  }
}
