import { createHash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve, win32 } from "node:path";
import { pipeline } from "node:stream/promises";

/**
 * Saves a downloaded file under its own name, with a mark of where it came from before it: the same file of the same server
 * has the same local path. The path appears when the file is whole.
 * @param saveDir made when missing; without it, a folder among the system's temporary files
 * @returns the absolute local path
 */
export async function saveDownload(
  pieces: AsyncIterable<Uint8Array>,
  { saveDir, address, path }: { saveDir?: string | undefined; address: string; path: string },
): Promise<string> {
  const folder = resolve(saveDir ?? join(tmpdir(), "agentscope-distributed", "downloads"));
  await mkdir(folder, { recursive: true });
  const mark = createHash("sha256").update(`${address}\n${path}`).digest("hex").slice(0, 8);
  const target = join(folder, `${mark}_${fileName(path)}`);
  const partial = `${target}.${randomUUID()}.part`;
  try {
    await pipeline(pieces, createWriteStream(partial, { flags: "wx" }));
    await rename(partial, target);
    return target;
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** The last part of a path of either kind of system, safe as a name on this one. */
function fileName(path: string): string {
  // oxlint-disable-next-line no-control-regex
  const name = win32.basename(path).replace(/[\u0000-\u001f<>:"|?*\\/]/g, "_");
  return name.slice(-120) || "file";
}
