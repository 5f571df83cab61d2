import { parseArgs } from "node:util";
import { init } from "agentscope-distributed";

/** What the model examples are started with. */
export interface Choice {
  /** For the agents' `modelConfigName`; none for the default of the configs. */
  modelConfigName: string | undefined;
  /** For their `toDist`: child processes, unless `--local` was given. */
  toDist: boolean;
  /** The other arguments. */
  words: string[];
}

const usage = `Options:
  --model-config PATH   a JSON file of model configs (docs/models); without it the embedded model, which needs no key
  --model NAME          which of them; needed if there are several
  --local               all agents in this process, instead of one process each
  --quiet               the agents do not speak into the terminal`;

/**
 * Reads the command line and sets up the model: the embedded one, or one that the person names. Ends the process when help is asked
 * for, and with exit code 2 when the command line can't be read.
 *
 * @param maxSentences of an answer of the embedded model.
 */
export function chooseModel(maxSentences = 3): Choice {
  const { values, positionals: words } = readArguments();
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  const embedded = { config_name: "embedded", model_type: "embedded_chat", max_sentences: maxSentences } as const;
  init({ modelConfigs: values["model-config"] ?? embedded, quiet: values.quiet });
  return { modelConfigName: values.model, toDist: !values.local, words };
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        "model-config": { type: "string" },
        model: { type: "string" },
        local: { type: "boolean", default: false },
        quiet: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    // Node's advice behind the first sentence is for arguments that begin with a hyphen.
    const [sentence] = (error as Error).message.split(/\. |\n/);
    console.error(`${sentence?.replace(/\.$/, "")}.\n\n${usage}`);
    process.exit(2);
  }
}
