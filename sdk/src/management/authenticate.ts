import type { Metadata, StatusObject } from "@grpc/grpc-js";
import { type AccessRole, checkAccessToken, mayDo } from "../access/accessToken.js";
import { grpcStatus } from "../link/grpcClient.js";

export type Refusal = Pick<StatusObject, "code" | "details">;

/**
 * Why a call is not answered; undefined when it may do what it asks for. It carries its token as `authorization: Bearer TOKEN`.
 * One without the right token learns nothing else.
 *
 * @param secret the server's own token; without one everybody may do everything
 * @param needed what the call asks for
 */
export function refusalOf(metadata: Metadata, secret: string | undefined, needed: AccessRole): Refusal | undefined {
  if (secret === undefined) return undefined;
  const [value, ...more] = metadata.get("authorization");
  const given = more.length > 0 ? undefined : /^Bearer (.+)$/i.exec(typeof value === "string" ? value : "")?.[1];
  const check = checkAccessToken(given, secret);
  switch (check.kind) {
    case "wrong":
      return { code: grpcStatus.UNAUTHENTICATED, details: "the token is missing or wrong" };
    case "expired":
      return { code: grpcStatus.UNAUTHENTICATED, details: `the token has expired, at ${check.at.toISOString()}` };
    case "valid":
      if (mayDo(check.role, needed)) return undefined;
      return {
        code: grpcStatus.PERMISSION_DENIED,
        details: `the token is for those who ${check.role}; this takes one of the role ${needed}`,
      };
  }
}
