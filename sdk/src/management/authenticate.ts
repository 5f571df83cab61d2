import { createHash, timingSafeEqual } from "node:crypto";
import type { Metadata } from "@grpc/grpc-js";
import { grpcStatus } from "../link/grpcClient.js";

/** What a caller without the right token gets, and nothing else. */
export const unauthenticated = { code: grpcStatus.UNAUTHENTICATED, details: "the token is missing or wrong" };

/**
 * Whether a call carries the server's token, as `authorization: Bearer TOKEN`. How long it takes tells nothing of the token.
 * @param token the server's; without one everybody is let in
 */
export function authenticate(metadata: Metadata, token: string | undefined): boolean {
  if (token === undefined) return true;
  const [value, ...more] = metadata.get("authorization");
  const given = /^Bearer (.+)$/i.exec(typeof value === "string" ? value : "")?.[1];
  return given !== undefined && more.length === 0 && timingSafeEqual(digest(given), digest(token));
}

/** Of one length whatever the token's. */
function digest(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
