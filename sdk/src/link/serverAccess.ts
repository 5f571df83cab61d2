import type { ClientTls } from "./grpcClient.js";

/** An agent server, and what it wants to see of those who connect. */
export interface ServerAccess {
  /** `host:port`. */
  address: string;
  token?: string | undefined;
  tls?: ClientTls | undefined;
}
