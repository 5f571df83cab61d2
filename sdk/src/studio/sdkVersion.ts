import { readFileSync } from "node:fs";

/** Of this package. Read at once: later, when a connection is made again, there may be no file descriptor left. */
export const sdkVersion = (
  JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string }
).version;
