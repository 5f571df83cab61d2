import { createHmac, randomBytes } from "node:crypto";
import { isSameSecret } from "../wire/secret.js";

/** How long a browser that does not come back is remembered. */
const lifeSeconds = 7 * 24 * 3600;

/**
 * What a browser shows instead of the daemon's token: a cookie, made from the token, so that it outlives daemons as the token does, and
 * ends when the token is another.
 */
export class PageSessions {
  private readonly cookieName: string;

  private readonly now: () => number;
  private readonly attributes: string;

  /** @param options `isSecure`: browsers send the cookie over TLS alone; `now`: milliseconds since 1970 */
  constructor(
    private readonly token: string,
    { isSecure = false, now = Date.now }: { isSecure?: boolean; now?: () => number } = {},
  ) {
    this.now = now;
    this.attributes = `Max-Age=${lifeSeconds}; Path=/studio; ${isSecure ? "Secure; " : ""}HttpOnly; SameSite=Strict`;
    // Browsers keep the cookies of all ports of a host together, and there may be several daemons.
    this.cookieName = `agentscope-studio-${this.sign("name").slice(0, 8)}`;
  }

  /** For `Set-Cookie`: a session of a week from now. No script reads it, and no other site's page sends it. */
  start(): string {
    const claim = `${Math.floor(this.now() / 1000) + lifeSeconds}.${randomBytes(16).toString("base64url")}`;
    const value = `${claim}.${this.sign(claim)}`;
    return `${this.cookieName}=${value}; ${this.attributes}`;
  }

  /** @param header `Cookie`, as a browser sends it */
  holds(header: string | undefined): boolean {
    const pairs = (header ?? "").split(";").map((pair) => pair.trim());
    return pairs.some((pair) => {
      if (!pair.startsWith(`${this.cookieName}=`)) return false;
      const [ends = "", nonce, signature] = pair.slice(this.cookieName.length + 1).split(".");
      if (!isSameSecret(signature, this.sign(`${ends}.${nonce}`))) return false;
      return Number(ends) * 1000 > this.now();
    });
  }

  private sign(text: string): string {
    return createHmac("sha256", this.token).update(`page session ${text}`).digest("base64url");
  }
}
