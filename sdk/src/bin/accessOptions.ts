import type { ClientTls } from "../link/grpcClient.js";
import { readTokenFile } from "../server/serverOptions.js";

/** The options of both ends that say who is let in. */
export interface AccessOptions {
  tokenFile?: string;
  tlsCert?: string;
  tlsKey?: string;
  tlsCa?: string;
}

/** TLS as the options say; undefined where none is given. */
export function tlsOf({ tlsCert, tlsKey, tlsCa }: AccessOptions): ClientTls | undefined {
  if (tlsCert === undefined && tlsKey === undefined && tlsCa === undefined) return undefined;
  return {
    ...(tlsCert !== undefined && { cert: tlsCert }),
    ...(tlsKey !== undefined && { key: tlsKey }),
    ...(tlsCa !== undefined && { ca: tlsCa }),
  };
}

/** What a client needs to get in. */
export function accessOf(options: AccessOptions): { token?: string; tls?: ClientTls } {
  const tls = tlsOf(options);
  return {
    ...(options.tokenFile !== undefined && { token: readTokenFile(options.tokenFile) }),
    ...(tls !== undefined && { tls }),
  };
}
