import { Command } from "commander";
import { createInterface, type Interface } from "node:readline/promises";
import { text as allOf } from "node:stream/consumers";
import { answerQuestion, listQuestions, type QuestionRow } from "../protocol/index.js";
import type { Asking } from "../terminal/asking.js";
import { findQuestion } from "../terminal/findThing.js";
import { questionTable } from "../terminal/overview.js";
import { printable } from "../terminal/printable.js";
import { printJson, withDaemon } from "./withDaemon.js";

export function answerCommand(): Command {
  return new Command("answer")
    .description("answer a question of an agent; without arguments: the open ones, asked one by one at a terminal")
    .argument("[question]", "its id, the beginning of its id, or the name of the agent that asks")
    .argument("[text]", "the answer; without it, it is read from standard input")
    .option("--json", "list the open questions as JSON")
    .action((typed: string | undefined, text: string | undefined, { json }: { json?: boolean }) =>
      withDaemon(async (daemon) => {
        if (typed !== undefined) return answerOne(daemon, await findQuestion(daemon, typed), text);
        const questions = await daemon.request(listQuestions, {});
        if (json === true) return printJson(questions);
        const isAsking = process.stdin.isTTY && process.stdout.isTTY && questions.length > 0;
        if (!isAsking) return void process.stdout.write(questionTable(questions));
        for (const question of questions) await answerOne(daemon, question, undefined);
      }),
    );
}

async function answerOne(daemon: Asking, question: QuestionRow, text: string | undefined): Promise<void> {
  const { questionId, agent } = question;
  const answer = text ?? (process.stdin.isTTY ? await typedAnswer(question) : await allOf(process.stdin));
  // The line end that `echo` adds is not meant.
  await daemon.request(answerQuestion, { questionId, answer: answer.replace(/\r?\n$/, "") });
  process.stderr.write(`${printable(agent)} has your answer\n`);
}

async function typedAnswer({ agent, prompt, multiline }: QuestionRow): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    process.stdout.write(`${printable(agent)} asks: ${printable(prompt)}\n`);
    return multiline ? await manyLines(terminal) : await terminal.question("> ");
  } finally {
    terminal.close();
  }
}

async function manyLines(terminal: Interface): Promise<string> {
  process.stdout.write("(several lines; Ctrl-D ends them)\n");
  const lines: string[] = [];
  for await (const line of terminal) lines.push(line);
  return lines.join("\n");
}
