import { agentBrand } from "../agents/brand.js";
import { CallResult } from "./callResult.js";
import { Msg } from "./msg.js";
import { RemoteFile } from "./remoteFile.js";

/**
 * Sees that a decoded value is made of nothing but what can travel: the decoder knows more types than that.
 *
 * @throws RangeError when it holds something else, or is nested deeper than `levels`.
 */
export function checkData(value: unknown, levels: number): void {
  if (needsCheck(value)) checkPart(value, levels);
}

/** Most parts are text and numbers: there is nothing to look into. */
function needsCheck(value: unknown): value is object | symbol {
  switch (typeof value) {
    case "object":
      return value !== null;
    case "function":
    case "symbol":
      return true;
    default:
      return false;
  }
}

function checkPart(value: object | symbol, levels: number): void {
  if (levels <= 0) throw new RangeError("nested too deeply");
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const item: unknown = value[index];
      if (needsCheck(item)) checkPart(item, levels - 1);
    }
  } else if (typeof value === "symbol") {
    throw new RangeError("a symbol is no data");
  } else if (Object.getPrototypeOf(value) === Object.prototype || value instanceof Msg) {
    for (const key in value) {
      const part = (value as Record<string, unknown>)[key];
      if (needsCheck(part)) checkPart(part, levels - 1);
    }
  } else if (value instanceof CallResult || value instanceof RemoteFile || agentBrand in value) {
    // Placeholders, files and agents are made here, of references.
  } else if (value instanceof Map) {
    for (const [key, item] of value) {
      checkData(key, levels - 1);
      checkData(item, levels - 1);
    }
  } else if (value instanceof Set) {
    for (const item of value) checkData(item, levels - 1);
  } else if (!(value instanceof Date || value instanceof Uint8Array)) {
    throw new RangeError("an object of another type is no data");
  }
}
