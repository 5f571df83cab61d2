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
  if (typeof value === "object" && value !== null) checkObject(value, levels);
  else if (typeof value === "symbol" || (typeof value === "function" && !(agentBrand in value))) {
    throw new RangeError(`a ${typeof value} is no data`);
  }
}

function checkObject(value: object, levels: number): void {
  if (levels <= 0) throw new RangeError("nested too deeply");
  if (Array.isArray(value)) {
    for (const item of value) checkData(item, levels - 1);
    return;
  }
  if (value instanceof CallResult || value instanceof RemoteFile || agentBrand in value) return;
  if (value instanceof Map) {
    for (const [key, item] of value) {
      checkData(key, levels - 1);
      checkData(item, levels - 1);
    }
  } else if (value instanceof Set) {
    for (const item of value) checkData(item, levels - 1);
  } else if (value instanceof Msg || Object.getPrototypeOf(value) === Object.prototype) {
    for (const key of Object.keys(value)) checkData((value as Record<string, unknown>)[key], levels - 1);
  } else if (!(value instanceof Date || value instanceof Uint8Array)) {
    throw new RangeError(`an object of another type is no data`);
  }
}
