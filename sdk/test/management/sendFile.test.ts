import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { sendFile } from "../../src/management/sendFile.js";
import { RawClient } from "./rawClient.js";

let raw: RawClient;
let folder: string;

beforeEach(async () => {
  raw = await RawClient.start();
  folder = await mkdtemp(join(tmpdir(), "management-"));
});

afterEach(async () => {
  await raw[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function download(path: string): Promise<Buffer[]> {
  const pieces: Buffer[] = [];
  for await (const piece of raw.download(path)) pieces.push(piece);
  return pieces;
}

describe("download_file", () => {
  test("sends pieces of 1 MB", async () => {
    await writeFile(join(folder, "large"), "");
    await truncate(join(folder, "large"), 2.5 * 1024 * 1024);
    raw.running.server.files.set("large.bin", join(folder, "large"));
    const pieces = await download("large.bin");
    // Each with a tag and four bytes of length.
    expect(pieces.map(({ length }) => length)).toStrictEqual([1024 * 1024 + 4, 1024 * 1024 + 4, 512 * 1024 + 4]);
  });

  test("sends nothing of an empty file", async () => {
    await writeFile(join(folder, "empty"), "");
    raw.running.server.files.set("empty", join(folder, "empty"));
    expect(await download("empty")).toStrictEqual([]);
  });

  test("answers NOT_FOUND for what is missing, not allowed, or no file", async () => {
    raw.running.server.files.set("gone", join(folder, "gone"));
    raw.running.server.files.set("folder", folder);
    for (const path of ["gone", "folder", "/etc/hostname"]) {
      await expect(download(path)).rejects.toMatchObject({ code: 5, details: `File ${path} not found` });
    }
  });

  test("answers UNAUTHENTICATED without the token", async () => {
    const closed = await RawClient.start({ token: "right" });
    const pieces = closed.download("any")[Symbol.asyncIterator]();
    await expect(pieces.next()).rejects.toMatchObject({ code: 16 });
    await closed[Symbol.asyncDispose]();
  });

  test("goes on serving when a receiver leaves in the middle", async () => {
    await writeFile(join(folder, "huge"), "");
    await truncate(join(folder, "huge"), 2 ** 30);
    raw.running.server.files.set("huge", join(folder, "huge"));
    for await (const piece of raw.download("huge")) {
      expect(piece.length).toBe(1024 * 1024 + 4);
      break;
    }
    expect(await raw.accepted("is_alive")).toBe("");
  });
});

/** A receiver that has taken nothing yet, as far as {@link sendFile} sees one. */
class SlowReceiver extends Writable {
  cancelled = false;
  readonly #taken: (() => void)[] = [];
  pieces = 0;

  constructor() {
    super({ objectMode: true, highWaterMark: 2 });
  }

  override write(piece: unknown): boolean {
    this.pieces++;
    return super.write(piece);
  }

  override _write(_piece: unknown, _encoding: string, taken: () => void): void {
    this.#taken.push(taken);
  }

  take(): void {
    this.#taken.shift()?.();
  }
}

describe("sendFile", () => {
  type Call = Parameters<typeof sendFile>[0];
  let path: string;
  beforeEach(async () => {
    path = join(folder, "ten");
    await writeFile(path, "");
    await truncate(path, 10 * 1024 * 1024);
  });

  test("reads no more than the receiver has room for, until it takes some", async () => {
    const receiver = new SlowReceiver();
    const sent = sendFile(receiver as unknown as Call, path);
    await vi.waitUntil(() => receiver.writableNeedDrain);
    expect(receiver.pieces).toBe(2);
    receiver.take();
    receiver.take();
    await vi.waitUntil(() => receiver.pieces === 4);
    while (!receiver.writableFinished) {
      receiver.take();
      await new Promise(setImmediate);
    }
    await sent;
    expect(receiver.pieces).toBe(10);
  });

  test("ends when the receiver leaves while it waits", async () => {
    const receiver = new SlowReceiver();
    const sent = sendFile(receiver as unknown as Call, path);
    await vi.waitUntil(() => receiver.writableNeedDrain);
    receiver.cancelled = true;
    receiver.emit("cancelled");
    await sent;
    expect(receiver.pieces).toBe(2);
    expect(receiver.listenerCount("cancelled")).toBe(0);
  });
});
