import { Command, InvalidArgumentError, Option } from "commander";

export interface SimulationOptions {
  readonly agents: number;
  readonly rounds: number;
  readonly where: "local" | "children" | "servers";
  readonly servers: number;
  /** Of servers that run already; with some, none is started. */
  readonly address: readonly Address[];
  readonly thinkMs: number;
  readonly inFlight: number;
  /** The file of results that a run continues; without it results are printed only. */
  readonly output: string | undefined;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** @throws CommanderError when something is wrong (its message is on standard error by then) or help was asked for. */
export function parseCommandLine(argv: readonly string[]): SimulationOptions {
  return new Command("node examples/dist/simulation/main.js")
    .description(
      "Agents play “guess 2/3 of the average”, round after round. A run that was broken off continues from its file.",
    )
    .option("-a, --agents <count>", "how many play", wholeNumber(1), 1_000)
    .option("-r, --rounds <count>", "how many rounds", wholeNumber(1), 5)
    .addOption(
      new Option("-w, --where <place>", "in this process, in child processes, or on agent servers")
        .choices(["local", "children", "servers"])
        .default("servers"),
    )
    .option("-s, --servers <count>", "how many servers or child processes are started", wholeNumber(1), 2)
    .option("--address <host:port...>", "agent servers that run already; then none is started", addresses, [])
    .option("--think-ms <ms>", "how long a player thinks", wholeNumber(0), 0)
    .option("--in-flight <count>", "how many guesses are waited for at once, on each server", wholeNumber(1), 4_000)
    .option(
      "-o, --output <file>",
      "where results go, a line of JSON for each round; a run continues after the last one",
    )
    .exitOverride()
    .allowExcessArguments(false)
    .parse(argv, { from: "user" })
    .opts<SimulationOptions>();
}

function wholeNumber(least: number) {
  return (text: string): number => {
    const number = Number(text);
    if (Number.isInteger(number) && number >= least) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${least}.`);
  };
}

function addresses(text: string, before: readonly Address[]): Address[] {
  const [, host, port] = /^(.+):(\d+)$/.exec(text) ?? [];
  if (host === undefined || !(Number(port) > 0 && Number(port) < 65_536)) {
    throw new InvalidArgumentError("An address is HOST:PORT.");
  }
  return [...before, { host, port: Number(port) }];
}
