import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { StudioError } from "../errors.js";

/** Paths of PEM files. */
export interface TlsFiles {
  cert?: string;
  key?: string;
  /** Only clients with a certificate that it signed are let in. Default: all. */
  ca?: string;
}

/** What the daemon's port is encrypted with. */
export interface ServerTls {
  cert: Buffer;
  key: Buffer;
  ca?: Buffer;
  /** As it is read: what the daemon may be called. */
  certificate: X509Certificate;
}

/**
 * Reads what TLS needs; undefined where none is wanted.
 *
 * @throws StudioError naming the file that can't be used.
 */
export function readServerTls({ cert, key, ca }: TlsFiles = {}): ServerTls | undefined {
  if (cert === undefined || key === undefined) return undefined;
  const files = {
    cert: readFile(cert, "--tls-cert"),
    key: readFile(key, "--tls-key"),
    ...(ca !== undefined && { ca: readFile(ca, "--tls-ca") }),
  };
  try {
    createSecureContext(files);
    return { ...files, certificate: new X509Certificate(files.cert) };
  } catch (cause) {
    throw StudioError.refused(`TLS can't be had with ${cert} and ${key}: ${(cause as Error).message}`, cause);
  }
}

function readFile(path: string, option: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw StudioError.refused(`${option}: ${path} can't be read: ${(cause as Error).message}`, cause);
  }
}
