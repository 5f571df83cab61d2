import { InvalidArgumentError } from "../errors.js";

/**
 * What a caller may do on an agent server; each one all that those before it may.
 * - `read`: see the server, its agents, and what they remember
 * - `call`: make agents and call them, read files that they serve
 * - `manage`: delete agents of others, set model configs, stop the server
 */
export type AccessRole = "read" | "call" | "manage";

export const accessRoles: readonly AccessRole[] = ["read", "call", "manage"];

/** What a token says of its holder. */
export type TokenCheck =
  | { kind: "valid"; role: AccessRole }
  | { kind: "expired"; at: Date }
  /** None, or not of this server: nothing is told of which. */
  | { kind: "wrong" };

const prefix = "agentscope.";
/** A token is searched for offline by whoever has one: what it is made from must not be guessed. */
const leastSecretLength = 16;

/**
 * A token for a caller that may do less than the holder of the server's own, or not for ever. Nothing of it is kept: the server
 * checks it by its secret, and a new secret makes all of them worthless.
 *
 * @param secret the server's own token, which may do everything
 * @param expiresAt to the second; undefined: as long as the secret
 * @throws InvalidArgumentError when the secret can be guessed, or is itself such a token.
 */
export function makeAccessToken(secret: string, role: AccessRole, expiresAt?: Date): string {
  checkSecret(secret);
  if (secret.length < leastSecretLength) {
    throw new InvalidArgumentError(
      `the secret has ${secret.length} characters; tokens are made from one of at least ${leastSecretLength}, that nobody can guess. Make one: as-server token --out FILE`,
    );
  }
  const claims = `${prefix}${role}.${expiresAt === undefined ? "never" : Math.floor(expiresAt.getTime() / 1000)}`;
  return `${claims}.${sign(claims, secret)}`;
}

/**
 * A server's own token can't be one that was made for its callers: that would be checked by itself.
 *
 * @throws InvalidArgumentError
 */
export function checkSecret(secret: string): void {
  if (parse(secret) === undefined) return;
  throw new InvalidArgumentError(
    "this is a token for a caller of an agent server; the server itself needs the secret that it was made from (as-server token --out FILE makes one)",
  );
}

/** What the holder of `given` may do. How long it takes tells nothing of the secret. */
export function checkAccessToken(given: string | undefined, secret: string, now = Date.now()): TokenCheck {
  if (given === undefined) return { kind: "wrong" };
  const token = parse(given);
  if (token === undefined) return isSame(given, secret) ? { kind: "valid", role: "manage" } : { kind: "wrong" };
  if (!isSame(token.signature, sign(token.claims, secret))) return { kind: "wrong" };
  if (token.expiresAtMs <= now) return { kind: "expired", at: new Date(token.expiresAtMs) };
  return { kind: "valid", role: token.role };
}

/** What a token says of itself, for those who can't check it. */
export function claimedRole(token: string): AccessRole {
  return parse(token)?.role ?? "manage";
}

/** Whether one who has this role may do what asks for that one. */
export function mayDo(role: AccessRole, needed: AccessRole): boolean {
  return accessRoles.indexOf(role) >= accessRoles.indexOf(needed);
}

function parse(text: string) {
  const parts = /^(agentscope\.(read|call|manage)\.(never|\d{1,12}))\.([\w-]{43})$/.exec(text);
  if (parts === null) return undefined;
  const [, claims, role, seconds, signature] = parts as unknown as [string, string, AccessRole, string, string];
  return {
    claims,
    role,
    expiresAtMs: seconds === "never" ? Number.POSITIVE_INFINITY : Number(seconds) * 1000,
    signature,
  };
}

/** Loaded when a token is made or looked at: most threads never do. */
const crypto = () => process.getBuiltinModule("node:crypto");

function sign(claims: string, secret: string): string {
  return crypto().createHmac("sha256", secret).update(claims).digest("base64url");
}

function isSame(one: string, other: string): boolean {
  return crypto().timingSafeEqual(digest(one), digest(other));
}

/** Of one length whatever the text's. */
function digest(text: string): Buffer {
  return crypto().createHash("sha256").update(text).digest();
}
