import { NotTransferableError } from "../errors.js";
import { unwrapLarge } from "../messages/largeValue.js";
import { RemoteFile } from "../messages/remoteFile.js";
import { packValue, type ReferenceCodec, snapshot, toWire, unpackValue } from "../messages/valueCodec.js";

const unknownPlace = "the agent's state";

/** A state outlives what placeholders and handles in it refer to. */
const nothingReferredTo: ReferenceCodec = {
  exportResult: () => {
    throw new NotTransferableError(unknownPlace, "with a placeholder in it (await it first)");
  },
  exportAgent: () => {
    throw new NotTransferableError(unknownPlace, "with an agent or a handle in it");
  },
  exportUrl: (url) => url,
  importFile: (address, path, realm) => new RemoteFile(address, path, realm),
  importResult: () => undefined,
  importAgent: () => undefined,
};

/** Kept in front of a state, so that another form can follow. */
const version = 1;

/**
 * A state as bytes.
 *
 * @throws NotTransferableError naming the part that can't be kept.
 */
export function packState(state: unknown): Uint8Array {
  const wired = toWire(unwrapLarge(snapshot(state, "state")), nothingReferredTo);
  return Uint8Array.from(packValue([version, wired]));
}

/** @throws InvalidArgumentError when the bytes are none of {@link packState}. */
export function unpackState(bytes: Uint8Array): unknown {
  const [, state] = unpackValue(bytes, nothingReferredTo) as [number, unknown];
  return state;
}
