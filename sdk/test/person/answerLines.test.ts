import { PassThrough } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { beforeEach, expect, it } from "vitest";
import { AgentScopeError } from "../../src/errors.js";
import { AnswerLines } from "../../src/person/answerLines.js";

let input: PassThrough;
let printed: string;
let lines: AnswerLines;

beforeEach(() => {
  input = new PassThrough();
  printed = "";
  const print = (text: string) => {
    printed += text;
  };
  lines = new AnswerLines(input as unknown as NodeJS.ReadStream, { isTTY: false } as NodeJS.WriteStream, print);
});

it("each line answers a question, shown as if it had been typed", async () => {
  const first = lines.ask("name? ");
  expect(printed).toBe("name? ");
  input.write("Ada\n");
  expect(await first.answer).toBe("Ada");
  input.write("36\r\n");
  expect(await lines.ask("age? ").answer).toBe("36");
  expect(printed).toBe("name? Ada\nage? 36\n");
});

it("lines that came too early answer the next questions", async () => {
  input.write("one\ntwo\n\nfour");
  input.end();
  const answers: string[] = [];
  for (let count = 0; count < 4; count++) answers.push(await lines.ask("? ").answer);
  expect(answers).toEqual(["one", "two", "", "four"]);
});

it("the end of the input is an error, for the open question and for all that follow", async () => {
  const open = lines.ask("? ");
  input.end();
  await expect(open.answer).rejects.toMatchObject({ code: "NO_ANSWER" });
  await expect(lines.ask("? ").answer).rejects.toThrow(/the input has ended.*terminal/s);
});

it("is not read between questions", async () => {
  const open = lines.ask("? ");
  input.write("one\n");
  await open.answer;
  await nextTurn();
  expect(input.isPaused()).toBe(true);
});

it("a question that is withdrawn fails, and the line goes to the next one", async () => {
  const open = lines.ask("? ");
  open.withdraw(new AgentScopeError("CANCELLED", "withdrawn"));
  await expect(open.answer).rejects.toMatchObject({ code: "CANCELLED" });
  const next = lines.ask("! ");
  input.write("one\n");
  expect(await next.answer).toBe("one");
});

it("what is printed meanwhile stands above the question", async () => {
  const open = lines.ask("? ");
  open.interject("A: hello\n");
  input.write("one\n");
  await open.answer;
  expect(printed).toBe("? \nA: hello\n? one\n");
});
