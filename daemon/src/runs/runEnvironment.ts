import { studioEnvironment } from "agentscope-distributed/studio";
import type { StartRun } from "../protocol/index.js";

/** The files that the output of a run is kept in. */
const segments = 4;

/** @param bytes how much output of a run is kept. Default 16 MB. */
export function outputLimits(bytes = 16 * 1024 * 1024): { segments: number; segmentBytes: number } {
  return { segments, segmentBytes: Math.ceil(bytes / segments) };
}

/** What a script finds the daemon by, over the environment of whoever wants it started and of the daemon. */
export function runEnvironment(
  { env, target }: StartRun,
  daemon: { runId: string; stateFolder: string; url: string; token: string },
): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...env,
    // With it the script finds a daemon that was started again, on whichever port.
    AGENTSCOPE_STATE_DIR: daemon.stateFolder,
    [studioEnvironment.url]: daemon.url,
    [studioEnvironment.token]: daemon.token,
    [studioEnvironment.runId]: daemon.runId,
    ...(target !== undefined && { AGENTSCOPE_TARGET: target }),
  };
}
