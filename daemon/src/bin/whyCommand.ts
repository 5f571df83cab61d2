import { Command } from "commander";
import { traceWait } from "../protocol/index.js";
import { findWaiting } from "../terminal/findThing.js";
import { waitText } from "../terminal/waitText.js";
import { printJson, withDaemon } from "./withDaemon.js";

export function whyCommand(): Command {
  return new Command("why")
    .description("why an agent, or a placeholder, waits: the chain that holds it up, to what runs")
    .argument("<agent or placeholder>", "an agent's id, the beginning of it, or its name; or the id of a placeholder")
    .option("--json", "as JSON")
    .action((typed: string, { json }: { json?: boolean }) =>
      withDaemon(async (daemon) => {
        const { name, ...waiting } = await findWaiting(daemon, typed);
        const steps = await daemon.request(traceWait, waiting);
        if (json === true) printJson(steps);
        else process.stdout.write(waitText(name, steps));
      }),
    );
}
