import { createHash, timingSafeEqual } from "node:crypto";

/** Whether two texts are the same; how long it takes tells nothing of either. */
export function isSameSecret(given: string | undefined, wanted: string): boolean {
  return given !== undefined && timingSafeEqual(digest(given), digest(wanted));
}

/** Of one length whatever the text's. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
