import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { ChatFile } from "../models/chatModel.js";
import type { Msg } from "../messages/msg.js";

/** What models take besides text, by the ending of its name. */
const mediaTypes: Readonly<Record<string, string>> = {
  ".gif": "image/gif",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".mp3": "audio/mpeg",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".wav": "audio/wav",
  ".webp": "image/webp",
};

/** The files that a message names and a model can take in: images, sound, PDF. Others are left out. */
export async function filesOf({ url }: Msg): Promise<ChatFile[] | undefined> {
  if (url === undefined) return undefined;
  const files: ChatFile[] = [];
  for (const address of [url].flat()) {
    const isWeb = /^https?:/i.test(address);
    const mediaType = mediaTypes[extname(isWeb ? new URL(address).pathname : address).toLowerCase()];
    if (mediaType === undefined) continue;
    if (isWeb) files.push({ data: new URL(address), mediaType });
    else
      files.push({ data: await readFile(address.startsWith("file:") ? fileURLToPath(address) : address), mediaType });
  }
  return files.length === 0 ? undefined : files;
}
