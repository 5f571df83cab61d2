import { availableParallelism } from "node:os";
import { Command, InvalidArgumentError } from "commander";
import { distinctTerms } from "./retrieval/words.js";

export interface DeskOptions {
  readonly question: string;
  /** Folders; none given: the repository with all its packages. */
  readonly docs: readonly string[] | undefined;
  readonly readers: number;
  readonly json: boolean;
  /** A file of model configs; without it the embedded model. */
  readonly modelConfig: string | undefined;
  /** Which of them. */
  readonly model: string | undefined;
}

export const DEFAULT_QUESTION = "How does an option of a command get a default value, and how is it made required?";

const MAX_READERS = 64;
/** One reader a core; more than eight would wait for the disk and for their processes to start. */
const DEFAULT_READERS = Math.min(8, Math.max(2, availableParallelism()));

/** @throws CommanderError when something is wrong (its message is on standard error by then) or help was asked for. */
export function parseCommandLine(argv: readonly string[]): DeskOptions {
  return new Command("npm run demo --")
    .description(
      "A research desk: reader agents search text and Markdown files, a critic merges what they find, an editor answers " +
        "with quotations. Runs with all agents in one process, then over several processes, and compares.",
    )
    .option("-q, --question <text>", "what to find out", asQuestion, DEFAULT_QUESTION)
    .option(
      "-d, --docs <folder...>",
      "folders of text or Markdown (default: this repository and its packages' READMEs)",
    )
    .option("-r, --readers <count>", "how many readers share the documents", asReaderCount, DEFAULT_READERS)
    .option(
      "--model-config <path>",
      "a file of model configs (docs/models); without it the embedded model, which only quotes",
    )
    .option("--model <name>", "the model config that critic and editor use, if there are several")
    .option("--json", "print one JSON object for programs instead of the text for people", false)
    .exitOverride()
    .allowExcessArguments(false)
    .parse(argv, { from: "user" })
    .opts<DeskOptions>();
}

function asQuestion(text: string): string {
  const question = text.trim();
  if (question === "") throw new InvalidArgumentError('It is empty. Ask something: --question "How do I …?"');
  if (distinctTerms(question).length === 0) {
    throw new InvalidArgumentError("It has no word to search for. Name the thing that it is about.");
  }
  return question;
}

function asReaderCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= MAX_READERS) return count;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MAX_READERS}.`);
}
