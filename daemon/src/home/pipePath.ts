import { createHash } from "node:crypto";
import { tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";

/** The kernel cuts longer names of Unix sockets: 104 bytes on macOS, 108 on Linux, with the zero at their end. */
const longestBytes = 100;

/** Where the daemon of a state folder listens: the same for every process that knows the folder. */
export function pipePath(folder: string, env: NodeJS.ProcessEnv = process.env): string {
  const digest = createHash("sha256").update(resolve(folder)).digest("hex").slice(0, 16);
  if (process.platform === "win32") return `\\\\.\\pipe\\agentscope-${userInfo().username}-${digest}`;
  const beside = join(resolve(folder), "daemon.sock");
  if (Buffer.byteLength(beside) <= longestBytes) return beside;
  // In a folder of its own: names in a folder that everybody can write to can be taken by anybody.
  return join(env.XDG_RUNTIME_DIR || tmpdir(), `agentscope-${userInfo().uid}-${digest}`, "daemon.sock");
}
