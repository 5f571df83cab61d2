import { rmSync } from "node:fs";
import { dirname } from "node:path";
import type { Discovery } from "agentscope-distributed/studio";
import { StudioError } from "../errors.js";
import { answers } from "./answers.js";
import { livingDaemon, publish } from "./discoveryFile.js";
import { type Home, ownFolder } from "./home.js";
import { StartLock } from "./startLock.js";

export type Claim =
  /** Another daemon is there: it is the one. */
  { kind: "taken"; by: Discovery } | { kind: "ours"; discovery: Discovery };

/**
 * Makes a daemon the one of its home, unless there is one. Of two that start at once the second waits for the first, and finds it.
 *
 * @param start listens on the home's pipe, which is free by then, and everywhere else; what it gives is published
 * @throws what `start` throws.
 */
export async function claimHome(home: Home, start: () => Promise<Discovery>): Promise<Claim> {
  using lock = await StartLock.take(home.path("starting"));
  const other = await livingDaemon(home);
  if (other !== undefined) return { kind: "taken", by: other };
  await freePipe(home);
  const discovery = await start();
  if (!lock.isHeld) throw StudioError.refused("another daemon has started meanwhile");
  publish(home, discovery);
  return { kind: "ours", discovery };
}

/** @throws StudioError when a daemon listens there that the discovery file does not name. */
async function freePipe({ pipe }: Home): Promise<void> {
  if (process.platform === "win32") return; // Pipes go with their process.
  ownFolder(dirname(pipe));
  if (await answers(pipe)) {
    throw StudioError.refused(
      `something listens on ${pipe} already, and is no daemon that can be found: end it, then try again`,
    );
  }
  rmSync(pipe, { force: true });
}
