import { randomBytes } from "node:crypto";
import { chmodSync, linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { StudioError } from "../errors.js";
import type { Home } from "./home.js";

/**
 * The token that clients of the daemon must show: the one in the home, made with the first daemon. It outlives daemons, so that scripts
 * and servers find a daemon that was started again.
 */
export function ownToken(home: Home): string {
  const path = home.path("token");
  const found = readIfThere(path);
  if (found !== undefined) {
    if (process.platform !== "win32") chmodSync(path, 0o600);
    return found;
  }
  const made = `${path}.${process.pid}.${randomBytes(4).toString("hex")}`;
  writeFileSync(made, `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600, flag: "wx" });
  try {
    // Of two that make one at once the first's is the token; neither is ever seen half written.
    linkSync(made, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(made, { force: true });
  }
  const token = readIfThere(path);
  if (token === undefined) throw StudioError.refused(`the daemon's token can't be kept in ${path}`);
  return token;
}

/**
 * The token in a file that a person chose.
 *
 * @throws StudioError when it can't be read or is empty.
 */
export function chosenToken(path: string): string {
  let token: string;
  try {
    token = readFileSync(path, "utf8").trim();
  } catch (cause) {
    throw StudioError.refused(`the token file ${path} can't be read: ${(cause as Error).message}`, cause);
  }
  if (token === "") throw StudioError.refused(`the token file ${path} is empty; put a long random text into it`);
  return token;
}

/** Undefined when there is none, or an empty one (a disk that was full when it was made). */
function readIfThere(path: string): string | undefined {
  try {
    const token = readFileSync(path, "utf8").trim();
    if (token !== "") return token;
    rmSync(path);
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
