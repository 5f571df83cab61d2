import { readFileSync } from "node:fs";

/**
 * Of this package; empty where it is a part of another program's bundle, as of the daemon in an editor: that one says its own. Read at
 * once: later, when a connection is made again, there may be no file descriptor left.
 */
export const sdkVersion = readVersion();

function readVersion(): string {
  try {
    const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
    return (JSON.parse(manifest) as { version: string }).version;
  } catch {
    return "";
  }
}
