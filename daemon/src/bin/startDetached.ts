import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { StudioError } from "../errors.js";
import { livingDaemon } from "../home/discoveryFile.js";
import { Home } from "../home/home.js";
import { readyLine } from "./readyLine.js";
import { refuseToDiffer } from "./refuseToDiffer.js";
import { argumentsOf, type StartOptions } from "./startOptions.js";

const defaultIdleSeconds = 60;

/**
 * Starts the daemon in a process of its own, which outlives this one, or finds the one that is there.
 *
 * @returns its ready line
 * @throws StudioError saying why there is none.
 */
export async function startDetached(options: StartOptions): Promise<string> {
  const home = Home.open();
  const running = await livingDaemon(home);
  if (running !== undefined) {
    refuseToDiffer(options, running);
    return readyLine(running);
  }
  const errorPath = home.path("daemon.err");
  const errors = openSync(errorPath, "w", 0o600);
  const program = fileURLToPath(new URL("asStudio.js", import.meta.url));
  const given = argumentsOf({ ...options, idleSeconds: options.idleSeconds ?? defaultIdleSeconds });
  const child = spawn(process.execPath, [program, "start", "--no-log", ...given], {
    detached: true,
    // It must not hold on to the folder that the command was typed in.
    cwd: home.folder,
    stdio: ["ignore", "pipe", errors],
    windowsHide: true,
  });
  closeSync(errors);
  const { stdout } = child;
  if (stdout === null) throw new Error("a pipe was asked for");
  try {
    return await firstLine(stdout);
  } catch (cause) {
    const said = readFileSync(errorPath, "utf8")
      .trim()
      .replace(/^as-studio: /, "");
    throw StudioError.refused(said === "" ? "the daemon ended while it started" : said, cause);
  } finally {
    stdout.destroy();
    child.unref();
  }
}

/** @throws Error when the stream ends without one. */
async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: stream })) return `${line}\n`;
  throw new Error("it said nothing");
}
