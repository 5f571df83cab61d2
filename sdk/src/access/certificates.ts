import { isIP } from "node:net";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

// Certificates for mutual TLS: one authority, and what it has signed for servers and their callers. Loaded by `as-server cert` alone, after the
// polyfill `reflect-metadata` that @peculiar/x509 looks for.

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** A certificate and its private key, as PEM. */
export interface CertifiedKey {
  cert: string;
  key: string;
}

export interface Validity {
  from: Date;
  to: Date;
}

/** The one whose signature servers and callers look for at each other. */
export async function makeAuthority(validity: Validity): Promise<CertifiedKey> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=AgentScope Distributed certificate authority",
    ...common(validity),
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: certificate.toString("pem"), key: await keyPem(keys.privateKey) };
}

/**
 * A certificate that the authority signs.
 *
 * @param hosts the names and addresses that a server is called by; none: for a caller
 */
export async function certify(
  authority: CertifiedKey,
  hosts: readonly string[],
  validity: Validity,
): Promise<CertifiedKey> {
  const issuer = new x509.X509Certificate(authority.cert);
  const keys = await newKeys();
  const isServer = hosts.length > 0;
  const certificate = await x509.X509CertificateGenerator.create({
    subject: isServer ? "CN=AgentScope agent server" : "CN=AgentScope caller",
    issuer: issuer.subject,
    ...common(validity),
    publicKey: keys.publicKey,
    signingKey: await signingKey(authority.key),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      // A server calls other servers.
      new x509.ExtendedKeyUsageExtension([
        ...(isServer ? [x509.ExtendedKeyUsage.serverAuth] : []),
        x509.ExtendedKeyUsage.clientAuth,
      ]),
      ...(isServer ? [new x509.SubjectAlternativeNameExtension(hosts.map(alternativeName))] : []),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ],
  });
  return { cert: certificate.toString("pem"), key: await keyPem(keys.privateKey) };
}

function common({ from, to }: Validity) {
  return {
    serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(16))).toString("hex"),
    notBefore: from,
    notAfter: to,
    signingAlgorithm: algorithm,
  };
}

function alternativeName(host: string) {
  return { type: isIP(host) === 0 ? ("dns" as const) : ("ip" as const), value: host };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}

function signingKey(pem: string): Promise<webcrypto.CryptoKey> {
  const [der] = x509.PemConverter.decode(pem);
  return webcrypto.subtle.importKey("pkcs8", der as ArrayBuffer, algorithm, false, ["sign"]);
}
