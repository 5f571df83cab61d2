import { z } from "zod";
import type { PlaceholderLog } from "../placeholders/placeholderLog.js";
import {
  answerQuestion,
  getPlaceholder,
  getRun,
  listPlaceholders,
  listQuestions,
  listRuns,
  questionEnd,
  runOutput,
  scriptCommand,
  startRun,
  stopRun,
  traceWait,
} from "../protocol/index.js";
import type { Questions } from "../questions/questions.js";
import type { Runs } from "../runs/runs.js";
import { scriptCommand as commandOf } from "../runs/scriptCommand.js";
import { count, id, none, page, path } from "./forms.js";
import { type Answer, answerTo } from "./request.js";

/** The most bytes of a run's output in one answer. */
const mostOutputBytes = 2 ** 20;

const one = z.object({ runId: id });
const start = z.object({
  script: path,
  args: z.array(z.string()).optional(),
  cwd: path.optional(),
  target: z.string().max(1000).optional(),
  env: z.record(z.string(), z.string()).optional(),
  nodeArgs: z.array(z.string()).optional(),
});

export interface RunParts {
  runs: Runs;
  placeholders: PlaceholderLog;
  questions: Questions;
}

/**
 * What is asked of runs, their placeholders and their questions.
 *
 * @param who what people call the client that asks
 */
export function runRequests(parts: RunParts, who: string): Answer[] {
  const { runs, placeholders, questions } = parts;
  return [
    answerTo(listRuns, z.object(page), (request) => runs.rows(request)),
    answerTo(getRun, one, ({ runId }) => runs.row(runId)),
    answerTo(startRun, start, (request) => runs.start(request)),
    answerTo(scriptCommand, start, (request) => commandOf(request)),
    answerTo(stopRun, one, async ({ runId }) => {
      await runs.stop(runId);
      return {};
    }),
    answerTo(
      runOutput,
      z.object({ runId: id, offset: count, limit: z.int().positive().max(mostOutputBytes) }),
      ({ runId, offset, limit }) => runs.output(runId, offset, limit),
    ),
    answerTo(
      listPlaceholders,
      z.object({ ...page, runId: id, agentId: id.optional(), open: z.boolean().optional() }),
      (request) => placeholders.list(request),
    ),
    answerTo(getPlaceholder, z.object({ placeholderId: id }), ({ placeholderId }) => placeholders.get(placeholderId)),
    answerTo(traceWait, z.union([z.object({ placeholderId: id }), z.object({ agentId: id })]), (request) =>
      placeholders.trace(request),
    ),
    answerTo(listQuestions, none, () => questions.list()),
    answerTo(answerQuestion, z.object({ questionId: id, answer: z.string() }), ({ questionId, answer }) => {
      questions.answer(questionId, answer, who);
      return {};
    }),
    answerTo(questionEnd, z.object({ questionId: id }), ({ questionId }) => questions.endOf(questionId)),
  ];
}
