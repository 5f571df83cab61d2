import { readFile } from "node:fs/promises";
import { asError, InvalidArgumentError } from "../errors.js";

/**
 * A certificate or a key, given as PEM text or as the path of a file with it.
 *
 * @param option the name of the option, for errors
 * @throws InvalidArgumentError when the file can't be read or holds no PEM
 */
export async function readPem(option: string, pemOrPath: string | undefined): Promise<Buffer | undefined> {
  if (pemOrPath === undefined) return undefined;
  if (pemOrPath.includes("-----BEGIN")) return Buffer.from(pemOrPath);
  const pem = await readFile(pemOrPath).catch((error: unknown) => {
    throw new InvalidArgumentError(`${option}: the file can't be read: ${asError(error).message}`, { cause: error });
  });
  if (!pem.includes("-----BEGIN")) throw new InvalidArgumentError(`${option}: ${pemOrPath} is no PEM file`);
  return pem;
}
