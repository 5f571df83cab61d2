import { CancellationTokenSource } from "vscode-jsonrpc";
import { beforeEach, expect, test } from "vitest";
import { Questions } from "../../src/questions/questions.js";

let questions: Questions;
let connection: CancellationTokenSource;

beforeEach(() => {
  questions = new Questions();
  connection = new CancellationTokenSource();
});

const asked = { questionId: "q1", agent: "Ann", server: "main process", prompt: "Which colour?" };

test("a question is listed until it is answered, and answered once", async () => {
  let changes = 0;
  questions.changed.on(() => (changes += 1));
  const answer = questions.ask("run", asked, connection.token);
  expect(questions.list()).toEqual([{ ...asked, runId: "run", multiline: false, askedAtMs: expect.any(Number) }]);
  expect(questions.promptOf("run", "Ann")).toBe("Which colour?");
  expect(questions.promptOf("run", "Ben")).toBeUndefined();
  questions.answer("q1", "blue");
  expect(await answer).toEqual({ answer: "blue" });
  expect(questions.list()).toEqual([]);
  expect(changes).toBe(2);
  expect(() => questions.answer("q1", "red")).toThrow("the question was already answered");
});

test("a question that nobody asked can't be answered", () => {
  expect(() => questions.answer("q9", "red")).toThrow('there is no question "q9"');
});

test("a script withdraws a question that was answered elsewhere", async () => {
  const answer = questions.ask("run", asked, connection.token);
  connection.cancel();
  await expect(answer).rejects.toThrow("withdrawn");
  expect(questions.list()).toEqual([]);
  expect(() => questions.answer("q1", "red")).toThrow("withdrawn");
});

test("a script that asks again on a new connection is one question, and both get the answer", async () => {
  const first = questions.ask("run", asked, connection.token);
  const second = questions.ask("run", asked, new CancellationTokenSource().token);
  expect(questions.list()).toHaveLength(1);
  questions.answer("q1", "blue");
  expect(await Promise.all([first, second])).toEqual([{ answer: "blue" }, { answer: "blue" }]);
});

test("an answer that came while the script was not connected is given when it asks again", async () => {
  void questions.ask("run", asked, connection.token);
  questions.answer("q1", "blue");
  expect(await questions.ask("run", asked, new CancellationTokenSource().token)).toEqual({ answer: "blue" });
  expect(questions.list()).toEqual([]);
});

test("with its run a question ends", async () => {
  const answer = questions.ask("run", asked, connection.token);
  const other = questions.ask("other run", { ...asked, questionId: "q2" }, connection.token);
  questions.runEnded("run");
  await expect(answer).rejects.toThrow("its run has ended");
  expect(questions.list().map((row) => row.questionId)).toEqual(["q2"]);
  questions.answer("q2", "yes");
  expect(await other).toEqual({ answer: "yes" });
});

test("a question of another run can't be taken over", () => {
  void questions.ask("run", asked, connection.token);
  expect(() => questions.ask("other run", asked, connection.token)).toThrow("asked by another run");
});
