import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { type AccessRole, makeAccessToken } from "../access/accessToken.js";
import { InvalidArgumentError } from "../errors.js";
import { readTokenFile } from "../server/serverOptions.js";

const dayMs = 86_400_000;

export interface TokenOptions {
  from?: string;
  role?: AccessRole;
  days?: number;
  out?: string;
}

/** `as-server token`: a new secret for a server, or a token made from one for its callers. */
export function makeToken({ from, role, days, out }: TokenOptions): void {
  if (from === undefined && (role !== undefined || days !== undefined)) {
    throw new InvalidArgumentError(
      "a token with a role or an end is made from the server's secret: give its file as --from FILE",
    );
  }
  const token =
    from === undefined
      ? randomBytes(32).toString("base64url")
      : makeAccessToken(
          readTokenFile(from),
          role ?? "call",
          days === undefined ? undefined : new Date(Date.now() + days * dayMs),
        );
  if (out === undefined) process.stdout.write(`${token}\n`);
  else writeNew(out, `${token}\n`, ownerOnly);
}

export interface CertOptions {
  out: string;
  host: string[];
  days: number;
  renew?: boolean;
}

/** `as-server cert`: an authority, where the folder has none, and certificates of a server and of a caller that it signs. */
export async function makeCertificates({ out, host, days, renew = false }: CertOptions): Promise<void> {
  await import("reflect-metadata");
  const { certify, makeAuthority } = await import("../access/certificates.js");
  const file = (name: string) => join(out, name);
  const written = ["server", "client"].flatMap((name) => [file(`${name}.pem`), file(`${name}.key`)]);
  const inTheWay = renew ? undefined : written.find((path) => existsSync(path));
  if (inTheWay !== undefined) {
    throw new InvalidArgumentError(
      `${inTheWay} is there already; --renew writes new ones, signed by the same authority`,
    );
  }
  // A clock that is behind must not take a new one for one that is not valid yet.
  const from = new Date(Date.now() - dayMs);
  const validity = { from, to: new Date(Date.now() + days * dayMs) };
  mkdirSync(out, { recursive: true, mode: 0o700 });
  const hasAuthority = existsSync(file("ca.key"));
  const authority = hasAuthority
    ? { cert: readFileSync(file("ca.pem"), "utf8"), key: readFileSync(file("ca.key"), "utf8") }
    : await makeAuthority(validity);
  if (!hasAuthority) {
    writeNew(file("ca.pem"), authority.cert);
    writeNew(file("ca.key"), authority.key, ownerOnly);
  }
  const [server, client] = await Promise.all([certify(authority, host, validity), certify(authority, [], validity)]);
  for (const [name, { cert, key }] of Object.entries({ server, client })) {
    writeFileSync(file(`${name}.pem`), cert);
    writeFileSync(file(`${name}.key`), key, { mode: ownerOnly });
  }
  const options = (name: string) =>
    `--tls-cert ${file(`${name}.pem`)} --tls-key ${file(`${name}.key`)} --tls-ca ${file("ca.pem")}`;
  process.stderr.write(
    [
      `certificates for ${host.join(", ")}, valid until ${validity.to.toISOString().slice(0, 10)}:`,
      `  the server:  as-server --host ${host[0] ?? ""} ${options("server")}`,
      `  its callers: as-server status --host ${host[0] ?? ""} ${options("client")}, or the option tls of toDist and RpcAgentClient`,
      `Keep ${file("ca.key")} to yourself: whoever has it can make callers that are let in.`,
      "",
    ].join("\n"),
  );
}

const ownerOnly = 0o600;

function writeNew(path: string, text: string, mode = 0o644): void {
  try {
    writeFileSync(path, text, { flag: "wx", mode });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
    throw new InvalidArgumentError(`${path} is there already, and is not written over`, { cause });
  }
}
