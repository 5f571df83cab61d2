import type { ServerSecrets } from "../protocol/requests.js";

/** Where an agent server is, and what it wants to see. */
export interface ServerAddress extends ServerSecrets {
  host: string;
  port: number;
}

/** What callers of a server must show, as far as this address says. */
export function accessBy({ token, tls }: ServerSecrets): "open" | "token" | "tls" {
  if (tls !== undefined) return "tls";
  return token === undefined ? "open" : "token";
}

export function hasSecrets(at: ServerAddress, secrets: ServerSecrets): boolean {
  const told = ({ token, tls }: ServerSecrets) =>
    JSON.stringify([token, tls?.ca, tls?.cert, tls?.key, tls !== undefined]);
  return told(at) === told(secrets);
}
