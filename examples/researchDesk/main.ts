import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { AgentScopeError, findModel, init } from "agentscope-distributed";
import { CommanderError } from "commander";
import { type DeskOptions, parseCommandLine } from "./commandLine.js";
import { compare } from "./comparison.js";
import { CorpusError, discoverDocuments } from "./corpus/discoverDocuments.js";
import { balancedShares, batches, totalBytes } from "./corpus/shares.js";
import { runDistributed, runLocal } from "./deployments.js";
import type { ResearchInput } from "./runResearch.js";
import { summary } from "./summary.js";
import { Progress } from "./terminal/progress.js";
import { reportComparison, reportDistributed, reportLocal, reportTask } from "./terminal/report.js";

const BAD_INPUT = 2;
/** Each reader gets its share in this many messages, so that a person sees it go on. */
const BATCHES_PER_READER = 12;
/** Seen from the compiled file, examples/dist/researchDesk/main.js. */
const repository = fileURLToPath(new URL("../../..", import.meta.url));

async function main({ question, docs, readers, json, modelConfig, model }: DeskOptions): Promise<void> {
  if (modelConfig !== undefined) init({ modelConfigs: modelConfig });
  // Says at once what can't be used.
  findModel(model);
  const documents = await discoverDocuments(docs ?? [repository]);
  const shares = balancedShares(documents, readers);
  const work = {
    question,
    model: { name: model, configPath: modelConfig },
    batches: shares.map((share) => batches(share, BATCHES_PER_READER)),
  };
  const sizeBytes = totalBytes(documents);
  if (!json) reportTask(question, shares);

  const local = await withProgress("one process", sizeBytes, (onProgress) => runLocal({ ...work, onProgress }));
  if (!json) reportLocal(local);

  const distributed = await withProgress("distributed", sizeBytes, (onProgress) =>
    runDistributed({ ...work, onProgress }),
  );
  if (!json) reportDistributed(distributed);

  const comparison = compare(local, distributed);
  if (json) console.log(JSON.stringify(summary(shares, { local, distributed, comparison }), undefined, 2));
  else reportComparison(comparison, local, distributed);
  process.exitCode = comparison.equal ? 0 : 1;
}

type OnProgress = ResearchInput["onProgress"];

async function withProgress<T>(title: string, sizeBytes: number, run: (on: OnProgress) => Promise<T>): Promise<T> {
  using progress = new Progress(title, sizeBytes);
  return await run((content) => progress.add(content));
}

// Through process.exit(), so that what is to be stopped at the end is stopped: a signal alone ends a process at once.
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => process.exit(128 + constants.signals[signal]));
}

try {
  await main(parseCommandLine(process.argv.slice(2)));
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : BAD_INPUT;
  } else if (error instanceof CorpusError || (error instanceof AgentScopeError && error.code === "INVALID_ARGUMENT")) {
    console.error(`error: ${error.message}`);
    process.exitCode = BAD_INPUT;
  } else {
    console.error(error);
    process.exitCode = 1;
  }
}
