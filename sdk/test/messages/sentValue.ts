import { RemoteFile } from "../../src/messages/remoteFile.js";
import { unwrapLarge } from "../../src/messages/largeValue.js";
import { packValue, type ReferenceCodec, snapshot, toWire, unpackValue } from "../../src/messages/valueCodec.js";

/** Stands for a connection where a value has no placeholders and agents. */
export const noReferences: ReferenceCodec = {
  exportResult: () => unexpected("result"),
  exportAgent: () => unexpected("agent"),
  exportUrl: (url) => url,
  importResult: () => "a result",
  importAgent: () => "an agent",
  importFile: (address, path) => new RemoteFile(address, path),
};

function unexpected(what: string): never {
  throw new Error(`no ${what} is in the value`);
}

/** The value as a local agent gets it. */
export const copyOf = (value: unknown): unknown => unwrapLarge(snapshot(value, ""));

export const bytesOf = (value: unknown, references = noReferences): Uint8Array =>
  Uint8Array.from(packValue(toWire(copyOf(value), references)));

/** The value as an agent of another process gets it. */
export const sent = (value: unknown): unknown => unpackValue(bytesOf(value), noReferences);
