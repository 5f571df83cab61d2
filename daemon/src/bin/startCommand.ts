import { logFormats, logLevels } from "agentscope-distributed/studio";
import { Command, Option } from "commander";
import { limitHelp, limitOption } from "./limitOption.js";
import { wholeNumber } from "./numberOption.js";
import type { StartOptions } from "./startOptions.js";

export function startCommand(): Command {
  return new Command("start")
    .description("start the daemon here, until it is stopped or interrupted")
    .option(
      "--host <host>",
      "what HTTP listens on; beyond loopback it needs --token-file or --tls-* (default: 127.0.0.1)",
    )
    .option(
      "--port <port>",
      "its port, 0: any (default: where the last daemon listened, else 5000, else any)",
      wholeNumber(0, 65_535),
    )
    .option("--socket <port>", "listen for JSON-RPC on this port of loopback, too", wholeNumber(1, 65_535))
    .option("--pipe <path>", "listen for JSON-RPC on this Unix socket or named pipe, too")
    .option("--stdio", "speak JSON-RPC on standard input and output, with the daemon that is started or found")
    .option("--token-file <file>", "clients must give the token in it (default: the one in the state folder)")
    .option("--tls-cert <file>", "listen with TLS (https): the certificate")
    .option("--tls-key <file>", "and its key")
    .option(
      "--tls-ca <file>",
      "let in only clients with a certificate signed by this one; without --token-file they need no token",
    )
    .option("--detached", "in the background; it ends by itself when nothing needs it")
    .option(
      "--idle-seconds <n>",
      "end when nothing has needed it for so long (default: 60 with --detached or --stdio, else never)",
      wholeNumber(1),
    )
    .option("--limit <name=number>", `what is taken from who connects; may be repeated (${limitHelp})`, limitOption)
    .option("--no-log", "print nothing on standard error but errors")
    .addOption(
      new Option(
        "--log-format <format>",
        "json: lines with level, time and ids, of the servers that it starts, too (default: $AGENTSCOPE_LOG_FORMAT, else text)",
      ).choices(logFormats),
    )
    .addOption(
      new Option("--log-level <level>", "the least serious lines (default: $AGENTSCOPE_LOG_LEVEL, else info)").choices(
        logLevels,
      ),
    )
    .action(start);
}

/** Only what is needed is loaded: a command is typed often. */
async function start(options: StartOptions): Promise<void> {
  if (options.stdio === true) {
    const { bridgeStdio } = await import("./stdioBridge.js");
    await bridgeStdio(options);
  } else if (options.detached === true) {
    const { startDetached } = await import("./startDetached.js");
    process.stdout.write(await startDetached(options));
  } else {
    const { runDaemon } = await import("./runDaemon.js");
    await runDaemon(options);
  }
}
