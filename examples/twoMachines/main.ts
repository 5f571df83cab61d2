import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import { compareMachines } from "./compareMachines.js";

interface Options {
  hostA: string;
  portA: number;
  hostB: string;
  portB: number;
  tokenFile?: string;
}

const options = new Command("node examples/dist/twoMachines/main.js")
  .description("Calls agents on two agent servers. Start the servers first: see examples/twoMachines/README.md.")
  .option("--host-a <host>", "where the first server listens", "127.0.0.1")
  .option("--port-a <port>", "its port", asPort, 12001)
  .option("--host-b <host>", "where the second server listens", "127.0.0.1")
  .option("--port-b <port>", "its port", asPort, 12002)
  .option("--token-file <file>", "the file with the token that both servers were started with")
  .parse()
  .opts<Options>();

const { hostA, portA, hostB, portB, tokenFile } = options;

try {
  const token = tokenFile === undefined ? undefined : readFileSync(tokenFile, "utf8").trim();
  const comparison = compareMachines({ host: hostA, port: portA, token }, { host: hostB, port: portB, token });
  console.log(await comparison.content);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error("Are both servers running? examples/twoMachines/README.md has the commands.");
  process.exitCode = 1;
}

function asPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65536) return port;
  throw new InvalidArgumentError("A port is a whole number from 1 to 65535.");
}
