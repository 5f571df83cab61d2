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
  questions.answer("q1", "blue", "a terminal");
  expect(await answer).toEqual({ answer: "blue" });
  expect(questions.list()).toEqual([]);
  expect(changes).toBe(2);
  expect(() => questions.answer("q1", "red", "an editor")).toThrow("the question was already answered, by a terminal");
});

test("a question that nobody asked can't be answered", () => {
  expect(() => questions.answer("q9", "red", "an editor")).toThrow('there is no question "q9"');
});

test("a script withdraws a question that was answered elsewhere", async () => {
  const answer = questions.ask("run", asked, connection.token);
  connection.cancel();
  await expect(answer).rejects.toThrow("withdrawn");
  expect(questions.list()).toEqual([]);
  expect(() => questions.answer("q1", "red", "an editor")).toThrow("withdrawn");
});

test("a script that asks again on a new connection is one question, and both get the answer", async () => {
  const first = questions.ask("run", asked, connection.token);
  const second = questions.ask("run", asked, new CancellationTokenSource().token);
  expect(questions.list()).toHaveLength(1);
  questions.answer("q1", "blue", "a terminal");
  expect(await Promise.all([first, second])).toEqual([{ answer: "blue" }, { answer: "blue" }]);
});

test("an answer that came while the script was not connected is given when it asks again", async () => {
  void questions.ask("run", asked, connection.token);
  questions.answer("q1", "blue", "a terminal");
  expect(await questions.ask("run", asked, new CancellationTokenSource().token)).toEqual({ answer: "blue" });
  expect(questions.list()).toEqual([]);
});

test("with its run a question ends", async () => {
  const answer = questions.ask("run", asked, connection.token);
  const other = questions.ask("other run", { ...asked, questionId: "q2" }, connection.token);
  questions.runEnded("run");
  await expect(answer).rejects.toThrow("its run has ended");
  expect(questions.list().map((row) => row.questionId)).toEqual(["q2"]);
  questions.answer("q2", "yes", "a terminal");
  expect(await other).toEqual({ answer: "yes" });
});

test("a question of another run can't be taken over", () => {
  void questions.ask("run", asked, connection.token);
  expect(() => questions.ask("other run", asked, connection.token)).toThrow("asked by another run");
});

test("how a question ended can be asked: who answered it, that its script withdrew it, that its run is over", async () => {
  const ask = (questionId: string, runId: string, token = new CancellationTokenSource().token) =>
    questions.ask(runId, { ...asked, questionId }, token).catch(() => {});
  const answered = ask("q1", "run");
  const withdrawn = ask("q2", "run", connection.token);
  const ended = ask("q3", "other run");
  expect(questions.endOf("q1")).toEqual({ kind: "open" });
  questions.answer("q1", "blue", "VS Code");
  connection.cancel();
  questions.runEnded("other run");
  await Promise.all([answered, withdrawn, ended]);
  expect(["q1", "q2", "q3"].map((id) => questions.endOf(id))).toEqual([
    { kind: "answered", by: "VS Code" },
    { kind: "withdrawn" },
    { kind: "runEnded" },
  ]);
  expect(() => questions.endOf("q9")).toThrow('there is no question "q9"');
});
