import { unwrapLarge } from "./largeValue.js";
import { Msg } from "./msg.js";

/**
 * The `url` of a message that names a file of the agent server where the message was made, before it is read here. It travels
 * on as it is; where the program reads the message, the file is fetched and `url` is the path of the copy.
 */
export class RemoteFile {
  constructor(
    /** `host:port` of the server that has the file. */
    readonly address: string,
    readonly path: string,
    /** Of that server (peer.ts). */
    readonly realm = "",
  ) {}
}

/** Fetches a file of another server; gives the path of the copy. */
export type FileFetcher = (file: RemoteFile) => Promise<string>;

let fetchFile: FileFetcher = ({ address, path }) => Promise.reject(new Error(`no way to fetch ${path} of ${address}`));

/** Set once, by the runtime. */
export function setFileFetcher(fetcher: FileFetcher): void {
  fetchFile = fetcher;
}

/** Where the copies that were made here come from, by their paths. */
const origins = new Map<string, RemoteFile>();

/** The file that a path is a copy of: what others are told, who can't read the copy. */
export function originOf(path: string): RemoteFile | undefined {
  return origins.get(path);
}

/** The value as the program sees it: at once, or, where files of other machines are fetched first, a promise of it. */
export function readValue(outcome: unknown): unknown {
  const value = unwrapLarge(outcome);
  if (!(value instanceof Msg)) return value;
  const url: unknown = value.url;
  if (url === undefined || typeof url === "string") return value;
  if (url instanceof RemoteFile || (Array.isArray(url) && url.some((item) => item instanceof RemoteFile))) {
    return withLocalFiles(value, url);
  }
  return value;
}

async function withLocalFiles(message: Msg, url: unknown): Promise<Msg> {
  const local = async (item: unknown): Promise<string> => {
    if (!(item instanceof RemoteFile)) return item as string;
    const path = await fetchFile(item);
    origins.set(path, item);
    return path;
  };
  message.url = Array.isArray(url) ? await Promise.all(url.map(local)) : await local(url);
  return message;
}
