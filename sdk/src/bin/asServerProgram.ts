import { Command, Option, InvalidArgumentError as InvalidOption } from "commander";
import { accessRoles } from "../access/accessToken.js";
import { logFormats, logLevels } from "../log/logSettings.js";
import { sdkVersion } from "../studio/sdkVersion.js";
import { type CertOptions, makeCertificates, makeToken, type TokenOptions } from "./accessCommands.js";
import { startAgentServer, type StartOptions } from "./startAgentServer.js";
import { showStatus, stopServer } from "./remoteServer.js";

/** What `as-server` can be told on its command line, and what does it. */
export function asServerProgram(): Command {
  const program = new Command("as-server")
    .version(sdkVersion)
    .description("Agent servers: processes that host agents of programs elsewhere.");

  const start = program
    .command("start", { isDefault: true })
    .description("start an agent server here, until it is stopped or interrupted")
    .option("--host <host>", "what to listen on; beyond loopback it needs --token-file or --tls-*", "127.0.0.1")
    .option("--port <port>", "0 picks a free one", wholeNumber(0), 12001)
    .option("--agent-dir <folder>", "every agent class that a file in it exports can be made here")
    .option("--model-config-path <file>", "the models that agents can use by name")
    .option("--mcp-config-path <file>", "the MCP servers that agents can use by name (JSON, as mcpServers elsewhere)")
    .option("--server-id <id>", "how the server is called in lists")
    .option(
      "--workers <n>",
      "threads that agents live in (default: as many as the machine runs at a time)",
      wholeNumber(1),
    )
    .option("--max-pool-size <n>", "the most results kept (default: 8192)", wholeNumber(1))
    .option(
      "--max-timeout-seconds <n>",
      "when a result that nobody released is dropped (default: 7200)",
      wholeNumber(1),
    )
    .option("--call-timeout-seconds <n>", "the longest turn of a call (default: 300)", wholeNumber(1))
    .option("--orphan-grace-seconds <n>", "how long agents stay whose process is gone (default: 600)", wholeNumber(0))
    .option("--max-agents <n>", "the most agents (default: 2000000)", wholeNumber(1))
    .option(
      "--max-queue-length <n>",
      "the most calls of one agent that have not ended (default: 100000)",
      wholeNumber(1),
    )
    .option("--max-connections <n>", "the most connections of callers (default: 10000)", wholeNumber(1))
    .option("--max-message-bytes <n>", "the largest value that is taken (default: 1 GiB)", wholeNumber(1))
    .option(
      "--window-bytes <n>",
      "what is on its way to a caller's thread before that says that it arrived (default: 4 MiB)",
      wholeNumber(1),
    )
    .option("--chunk-bytes <n>", "what is sent of a large value at once (default: 256 KiB)", wholeNumber(1))
    .option(
      "--idle-connection-seconds <n>",
      "how long a connection stays on which nothing is called (default: 60)",
      wholeNumber(1),
    )
    .option("--local-mode", "listen on loopback, whatever --host says")
    .option("--token-file <file>", "callers must give the token in it, or one made from it (as-server token)")
    .option("--tls-cert <file>", "listen with TLS: the certificate")
    .option("--tls-key <file>", "and its key")
    .option(
      "--tls-ca <file>",
      "let in only callers with a certificate signed by this one; trust a daemon at https:// that has one",
    )
    .option("--save-dir <folder>", "a folder whose files are served to others")
    .option("--studio-url <url>", "the daemon to register with (default: $AGENTSCOPE_STUDIO_URL)")
    .option(
      "--via-studio <url>",
      "register with this daemon, and be reached through it alone: nobody need reach this machine",
    )
    .option(
      "--studio-token-file <file>",
      "the daemon's token, where it is not this user's own (or $AGENTSCOPE_STUDIO_TOKEN)",
    )
    .addOption(new Option("--managed", "started by a daemon, and found by it again").hideHelp())
    .addOption(
      new Option("--max-alone-seconds <n>", "when a managed server ends that nobody is connected to (default: 60)")
        .argParser(wholeNumber(1))
        .hideHelp(),
    )
    .option("--no-log", "print nothing on standard error but errors")
    .addOption(
      new Option(
        "--log-format <format>",
        "json: lines with level, time and ids, also of what agents print (default: $AGENTSCOPE_LOG_FORMAT, else text)",
      ).choices(logFormats),
    )
    .addOption(
      new Option("--log-level <level>", "the least serious lines (default: $AGENTSCOPE_LOG_LEVEL, else info)").choices(
        logLevels,
      ),
    )
    .action(async (options: StartOptions) => startAgentServer(options));

  // What people type is mostly `as-server` and options of start.
  program.addHelpText("after", () => `\n${start.helpInformation()}`);

  for (const [name, description, action] of [
    ["stop", "stop the agent server at a host and port", stopServer],
    ["status", "print an agent server and its agents, as JSON", showStatus],
  ] as const) {
    program
      .command(name)
      .description(description)
      .option("--host <host>", "where it listens", "127.0.0.1")
      .option("--port <port>", "where it listens", wholeNumber(1), 12001)
      .option("--token-file <file>", "the token that it was started with")
      .option("--tls-cert <file>", "this client's certificate, for servers that want one")
      .option("--tls-key <file>", "and its key")
      .option("--tls-ca <file>", "who signed the server's certificate; says that the server has TLS")
      .action(action);
  }

  program
    .command("token")
    .description("make a secret for a server, or from it a token for callers that may do less, or not for ever")
    .option("--from <file>", "the server's secret (its --token-file); default: a new secret is made")
    .addOption(
      new Option(
        "--role <role>",
        "what its holder may do: see the server, make and call agents, everything (default: call)",
      ).choices(accessRoles),
    )
    .option("--days <n>", "how long it is taken (default: as long as the secret)", wholeNumber(1))
    .option("--out <file>", "write it there, for its owner alone (default: print it)")
    .action((options: TokenOptions) => makeToken(options));

  program
    .command("cert")
    .description("make certificates for mutual TLS: an authority, a server's and a caller's")
    .requiredOption("--out <folder>", "where they are written; an authority that is there signs these as well")
    .requiredOption("--host <name...>", "names and addresses by which the server is called")
    .option("--days <n>", "how long they are valid", wholeNumber(1), 365)
    .option("--renew", "write over those of server and caller that are there")
    .action((options: CertOptions) => makeCertificates(options));

  return program;
}

function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least) return value;
    throw new InvalidOption(`It must be a whole number of at least ${least}.`);
  };
}
