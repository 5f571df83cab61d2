import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Whether this machine can make certificates. */
export const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

/** Paths of PEM files. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority in a folder; needs the command `openssl`. */
export class CertificateAuthority {
  readonly ca: string;
  private readonly caKey: string;

  constructor(
    private readonly folder: string,
    private readonly name: string,
  ) {
    this.ca = this.file(`${name}-ca.pem`);
    this.caKey = this.file(`${name}-ca.key`);
    const subject = ["-subj", `/CN=${name}`, "-days", "2"];
    openssl(["req", "-x509", ...newKey(this.caKey), ...subject, "-out", this.ca]);
  }

  private file(name: string): string {
    return join(this.folder, name);
  }

  /** A certificate for a server of loopback, or for a client. */
  issue(name: string): Certificate {
    const path = (ending: string) => this.file(`${this.name}-${name}.${ending}`);
    writeFileSync(path("ext"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
    openssl(["req", ...newKey(path("key")), "-subj", `/CN=${name}`, "-out", path("csr")]);
    const signer = ["-CA", this.ca, "-CAkey", this.caKey, "-CAcreateserial"];
    openssl([
      "x509",
      "-req",
      "-in",
      path("csr"),
      ...signer,
      "-days",
      "2",
      "-extfile",
      path("ext"),
      "-out",
      path("pem"),
    ]);
    return { cert: path("pem"), key: path("key") };
  }
}

function newKey(path: string): string[] {
  return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", path];
}

function openssl(args: string[]): void {
  execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
}
