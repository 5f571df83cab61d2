import type { RunState } from "../protocol/index.js";
import type { KeptEnd } from "./keptProcess.js";
import type { ToldEnd } from "./run.js";

/** How a run ended, as it is shown. */
export interface RunEnd {
  state: Exclude<RunState, "running">;
  exitCode?: number;
  /** Why it failed, in a sentence. */
  error?: string;
}

/**
 * The end of a run whose process the daemon started.
 *
 * @param lastOutput the end of what it wrote: an uncaught error stands there.
 */
export function endOfKept(
  end: KeptEnd,
  { told, isStopping, lastOutput }: { told: ToldEnd | undefined; isStopping: boolean; lastOutput: string },
): RunEnd {
  const exitCode = end?.exitCode ?? undefined;
  const code = exitCode === undefined ? {} : { exitCode };
  if (isStopping) return { state: "stopped", ...code };
  if (end === undefined) return endOfAttached(told, "its process is gone, and how it ended was not seen");
  if (exitCode === 0) return { state: "succeeded", ...code };
  const how = end.signal === null ? `exit code ${exitCode}` : `ended by ${end.signal}`;
  const why = told?.error ?? uncaught(lastOutput);
  return { state: "failed", ...code, error: why === undefined || why.includes(how) ? (why ?? how) : `${why} (${how})` };
}

/** The end of a run of which the daemon knows what the script told. */
export function endOfAttached(told: ToldEnd | undefined, otherwise: string): RunEnd {
  if (told === undefined) return { state: "lost", error: otherwise };
  if (!told.failed) return { state: "succeeded" };
  return { state: "failed", ...(told.error !== undefined && { error: told.error }) };
}

/** What Node writes of an error that nobody caught, in its last such line. */
function uncaught(output: string): string | undefined {
  const lines = output.split("\n").filter((line) => /^(Uncaught )?([A-Z]\w*)?(Error|Exception)\b.*: ./.test(line));
  return lines.at(-1)?.trim().slice(0, 500);
}
