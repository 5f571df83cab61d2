import { isIP } from "node:net";
import { hostIn, isOwnHost, urlOf } from "./hosts.js";
import type { ServerTls } from "./serverTls.js";

/** The daemon's port as others name it: which requests mean it, which pages are its own, and who is let in by a certificate. */
export class Site {
  readonly scheme: "http" | "https";

  constructor(
    private readonly host: string,
    readonly tls: ServerTls | undefined,
    /** A certificate that was signed by the daemon's authority lets in by itself: no token was chosen. */
    readonly certificateIsEnough: boolean,
  ) {
    this.scheme = tls === undefined ? "http" : "https";
  }

  /** Whether a request with this `Host` header means this daemon; by the names of its certificate, too. */
  isNamedBy(header: string | undefined): boolean {
    const name = hostIn(header);
    return isOwnHost(name, this.host) || (name !== undefined && this.tls?.certificate.checkHost(name) !== undefined);
  }

  /** Whether `Origin` is that of a page of this daemon, as the `Host` header names it. */
  isOwnPage(origin: string | undefined, header: string | undefined): boolean {
    return origin?.toLowerCase() === `${this.scheme}://${header?.toLowerCase()}`;
  }

  /** Where programs and browsers of this machine find it. */
  url(port: number): string {
    const plain = urlOf(this.host, port);
    if (this.tls === undefined) return plain;
    const { hostname } = new URL(plain);
    return `https://${this.certifiedName(hostname)}:${port}`;
  }

  /** What listens everywhere is called as its certificate says, where that does not name the usual address. */
  private certifiedName(hostname: string): string {
    const certificate = this.tls?.certificate;
    const address = hostname.replaceAll(/[[\]]/g, "");
    const isEverywhere = this.host === "0.0.0.0" || this.host === "::";
    if (!isEverywhere || certificate === undefined || certificate.checkIP(address) !== undefined) return hostname;
    const names = (certificate.subjectAltName ?? "").split(", ").map((one) => one.replace(/^(DNS|IP Address):/, ""));
    const name = names.find((one) => isIP(one) !== 0 || /^[\w.-]+$/.test(one)) ?? hostname;
    return isIP(name) === 6 ? `[${name}]` : name;
  }
}
