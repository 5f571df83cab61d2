import { Command } from "commander";
import { daemonVersion } from "../version.js";
import { answerCommand } from "./answerCommand.js";
import { logsCommand } from "./logsCommand.js";
import { memoryCommand } from "./memoryCommand.js";
import { openCommand } from "./openCommand.js";
import { psCommand } from "./psCommand.js";
import { runCommand } from "./runCommand.js";
import { startCommand } from "./startCommand.js";
import { statusCommand } from "./statusCommand.js";
import { stopCommand } from "./stopCommand.js";
import { topCommand } from "./topCommand.js";
import { whyCommand } from "./whyCommand.js";

/** What `as-studio` can be told on its command line, and what does it. */
export function asStudioProgram(): Command {
  const program = new Command("as-studio")
    .enablePositionalOptions()
    .version(daemonVersion)
    .description("The daemon: one place that starts, finds, watches and allocates agent servers.");

  const start = startCommand();
  program.addCommand(start, { isDefault: true });
  const others = [
    ...[stopCommand(), statusCommand(), openCommand(), psCommand(), topCommand(), runCommand(), logsCommand()],
    ...[memoryCommand(), whyCommand(), answerCommand()],
  ];
  for (const command of others) program.addCommand(command);

  // What people type is mostly `as-studio` and options of start.
  program.addHelpText("after", () => `\n${start.helpInformation()}`);
  return program;
}
