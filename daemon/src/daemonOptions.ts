import type { LogLine } from "./protocol/index.js";
import { StudioError } from "./errors.js";
import { isLoopback } from "./http/hosts.js";
import type { TlsFiles } from "./http/serverTls.js";
import type { WireLimits } from "./wire/wireLimits.js";

/** What a daemon is started with. */
export interface DaemonOptions {
  /** What HTTP listens on. Default 127.0.0.1; anything beyond loopback needs a token file, or TLS with client certificates. */
  host?: string;
  /** Its port; 0 is any. Default: where the last daemon listened, else 5000, else any. */
  port?: number;
  /** A TCP port of loopback for JSON-RPC. Default: none. */
  socketPort?: number;
  /** A further Unix socket or named pipe for JSON-RPC. Default: none but the home's own. */
  pipe?: string;
  /** A file with the token that clients must show. Default: the home's own token, made with the first daemon. */
  tokenFile?: string;
  /** HTTP is HTTPS with it. Default: it is not encrypted. */
  tls?: TlsFiles;
  /** After how many seconds in which nothing needed it a daemon ends. Default: never. */
  idleSeconds?: number;
  /** Default: as {@link WireLimits} says of each. */
  limits?: Partial<WireLimits>;
  /** Is given each line of the log. Default: nobody. */
  alsoLogTo?: (line: LogLine) => void;
}

export const defaultHost = "127.0.0.1";

/**
 * Refuses what would let strangers in.
 *
 * @throws StudioError saying which option, and what to give instead.
 */
export function checkDaemonOptions({ host = defaultHost, tokenFile, tls }: DaemonOptions): void {
  if (tls !== undefined && (tls.cert === undefined || tls.key === undefined)) {
    throw StudioError.refused("TLS needs a certificate and its key both (--tls-cert and --tls-key)");
  }
  if (isLoopback(host) || tokenFile !== undefined || tls?.ca !== undefined) return;
  throw StudioError.refused(
    `host is ${host}, which other machines can reach: a daemon starts programs for whoever connects. Give it a token ` +
      "(as-server token --out FILE makes one; --token-file FILE) or TLS with client certificates (as-server cert makes them; --tls-cert, " +
      "--tls-key, --tls-ca), or listen on 127.0.0.1",
  );
}
