import { once } from "node:events";
import { open } from "node:fs/promises";
import type { ServerWritableStream } from "@grpc/grpc-js";
import type { ByteMsg, StringMsg } from "./rpcAgentProto.js";

const pieceBytes = 1024 * 1024;

/** Streams a file in pieces of 1 MB, no faster than the receiver takes them; ends early when the receiver is gone. */
export async function sendFile(call: ServerWritableStream<StringMsg, ByteMsg>, path: string): Promise<void> {
  const gone = new AbortController();
  const giveUp = () => gone.abort();
  call.once("cancelled", giveUp);
  const file = await open(path);
  try {
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(pieceBytes), 0, pieceBytes);
      if (bytesRead === 0 || call.cancelled || gone.signal.aborted) break;
      const isRoom = call.write({ data: buffer.subarray(0, bytesRead) });
      if (!isRoom) await once(call, "drain", { signal: gone.signal });
    }
    call.end();
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  } finally {
    call.off("cancelled", giveUp);
    await file.close();
  }
}
