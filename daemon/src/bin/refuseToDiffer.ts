import type { Discovery } from "agentscope-distributed/studio";
import { StudioError } from "../errors.js";
import { type StartOptions, tlsFilesOf } from "./startOptions.js";

/**
 * A daemon that is there is the one that was asked for, if it listens as the options say.
 *
 * @throws StudioError when it does not.
 */
export function refuseToDiffer(options: StartOptions, { pid, url }: Discovery): void {
  const { host, port, socket, pipe, tokenFile } = options;
  const running = new URL(url);
  const differs =
    [socket, pipe, tokenFile, tlsFilesOf(options)].some((option) => option !== undefined) ||
    (port !== undefined && port !== 0 && port !== Number(running.port)) ||
    (host !== undefined && host !== running.hostname.replace(/^\[|\]$/g, ""));
  if (differs) {
    throw StudioError.refused(
      `a daemon is running already (process ${pid}), at ${url}, and not as these options say: stop it first (as-studio stop)`,
    );
  }
}
