import { Socket } from "node:net";
import { AgentScopeError, asError } from "../errors.js";
import { AgentServer } from "../server/agentServer.js";
import { formatAgentDirReport } from "../server/agentDir.js";
import type { ServerOptions } from "../server/serverOptions.js";
import { askedForBy } from "../telemetry/environment.js";
import { formatReadyLine } from "./readyLine.js";
import { lifelineDescriptor } from "./lifeline.js";

// The entry of an agent server process that another process started and that ends with it.

const lifeline = new Socket({ fd: lifelineDescriptor, readable: true, writable: true });
let text = "";
let started = false;
let server: AgentServer | undefined;

/** How long the end may take once the parent is gone: agents dispose of what they have, and workers send what they have measured, for a moment. In milliseconds. */
const endMs = askedForBy(process.env) === undefined ? 1500 : 4000;

lifeline.on("data", (bytes: Buffer) => {
  text += bytes.toString("utf8");
  const lineEnd = text.indexOf("\n");
  if (started || lineEnd < 0) return;
  started = true;
  void start(JSON.parse(text.slice(0, lineEnd)) as ServerOptions);
});
// The parent is gone, however it ended.
lifeline.on("close", () => end());
lifeline.on("error", () => end());
// Ctrl-C reaches all processes of a terminal; when to end is for the parent to say.
process.on("SIGINT", () => {});

function end(): void {
  if (server === undefined) process.exit(0);
  setTimeout(() => process.exit(0), endMs);
  void server.stop();
}

async function start(options: ServerOptions): Promise<void> {
  try {
    server = await AgentServer.start(options, {
      onStop: () => process.exit(0),
      // What concerns a child of a script is the script's to say.
      warn: (line) => void (options.child || process.stderr.write(`${line}\n`)),
    });
    process.once("SIGTERM", () => void server?.stop());
    if (options.agentDir !== undefined || options.classes.length > 0) {
      const report = await server.loaded();
      if (report !== undefined)
        process.stderr.write(
          formatAgentDirReport(report)
            .map((line) => `${line}\n`)
            .join(""),
        );
    }
    const { host, port, serverId } = server.address;
    lifeline.write(formatReadyLine({ event: "ready", host, port, server_id: serverId }));
  } catch (thrown) {
    const error = asError(thrown);
    const code = error instanceof AgentScopeError ? error.code : "CREATION_FAILED";
    lifeline.end(formatReadyLine({ event: "failed", message: error.message, code }), () => process.exit(1));
  }
}
