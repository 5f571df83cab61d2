import { availableParallelism } from "node:os";
import { isEmbedded } from "../agents/deskModel.js";
import type { Comparison } from "../comparison.js";
import type { SourceDocument } from "../corpus/discoverDocuments.js";
import { totalBytes } from "../corpus/shares.js";
import type { DistributedResult } from "../deployments.js";
import type { Answer } from "../evidence/answer.js";
import type { ResearchResult } from "../runResearch.js";
import type { WorkSpan } from "../workSpan.js";
import { type AnswerStyle, answerLines } from "./answerLines.js";
import { comparisonLines } from "./comparisonLines.js";
import { columnsOf, paintFor } from "./style.js";
import { timeline } from "./timeline.js";
import { bytes, plural, seconds } from "./units.js";
import { wrap } from "./wrap.js";

const style: AnswerStyle = { columns: columnsOf(process.stdout), paint: paintFor(process.stdout) };

export function reportTask(question: string, shares: readonly (readonly SourceDocument[])[]): void {
  const documents = shares.flat();
  print([
    style.paint("bold", "Research desk"),
    "",
    ...wrap(question, { ...style, lead: "  question   " }),
    `  documents  ${documents.length.toLocaleString("en")}, ${bytes(totalBytes(documents))}`,
    `  readers    ${shares.length}, ${sizes(shares.map(totalBytes))} each; ${plural(availableParallelism(), "core")}`,
  ]);
}

function sizes(shares: readonly number[]): string {
  const [smallest, largest] = [bytes(Math.min(...shares)), bytes(Math.max(...shares))];
  return smallest === largest ? largest : `${smallest} to ${largest}`;
}

export function reportLocal(result: ResearchResult): void {
  printRun("1  All agents in this one process", result);
}

export function reportDistributed(result: DistributedResult): void {
  const { host, port } = result.server;
  printRun(`2  The same agents in child processes and on the agent server at ${host}:${port}`, result);
}

export function reportComparison(comparison: Comparison, local: ResearchResult, distributed: DistributedResult): void {
  const { paint } = style;
  const verdict = comparison.equal
    ? paint("green", sameWords(local.answer) ? "Both answers are equal." : "Both answers quote the same.")
    : paint("red", "The answers differ. They should not: please report this with the output above.");
  const chart = (result: ResearchResult, processName: (span: WorkSpan) => string) =>
    timeline(result.spans, { ...style, startedAt: result.startedAt, endedAt: result.endedAt, processName });
  const place = ({ processId }: WorkSpan) =>
    processId === distributed.server.processId ? `server :${distributed.server.port}` : `child ${processId}`;
  print([
    heading(`3  ${verdict}`),
    "",
    ...comparisonLines(comparison, style),
    "",
    `  ${paint("bold", "one process")}`,
    ...chart(local, () => "").slice(0, -1),
    "",
    `  ${paint("bold", "distributed")}`,
    ...chart(distributed, place),
    "",
  ]);
}

/** Whether the two answers are to be the same to the last word; a model that is no embedded one puts it differently each time. */
function sameWords({ words }: Answer): boolean {
  return words === undefined || isEmbedded(words.model);
}

function printRun(title: string, result: ResearchResult): void {
  const time = seconds(result.endedAt - result.startedAt);
  print([`${heading(title)}  ${time}`, "", ...answerLines(result.answer, style)]);
}

function heading(text: string): string {
  return `\n${style.paint("bold", text)}`;
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}
