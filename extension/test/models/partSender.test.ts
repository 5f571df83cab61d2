import { describe, expect, test } from "vitest";
import { PartSender } from "../../src/models/partSender.js";
import { until } from "../until.js";

/** The daemon's end: takes each message, and answers it when the test says so. */
function receiver() {
  const got: unknown[] = [];
  const answers: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const connection = {
    request: (_type: unknown, params: unknown) =>
      new Promise((resolve, reject) => {
        got.push((params as { parts: unknown }).parts);
        answers.push({ resolve: () => resolve({}), reject });
      }),
  };
  return { got, answers, connection: connection as ConstructorParameters<typeof PartSender>[1] };
}

const text = (said: string) => ({ type: "text" as const, text: said });

describe("the parts of an answer", () => {
  test("go one message at a time; what comes meanwhile goes together with the next, in its order", async () => {
    const { got, answers, connection } = receiver();
    const sender = new PartSender("call", connection);
    const call = { type: "toolCall" as const, toolCallId: "t", name: "add", input: {} };
    for (const part of [text("a"), text("b"), text("c"), call, text("d")]) await sender.send(part);
    expect(got).toEqual([[text("a")]]);
    const ended = sender.end();
    answers[0]?.resolve();
    await until(() => got.length === 2, { what: "the second message" });
    expect(got[1]).toEqual([text("bc"), call, text("d")]);
    answers[1]?.resolve();
    await ended;
  });

  test("wait when the other end does not read", async () => {
    const { answers, connection } = receiver();
    const sender = new PartSender("call", connection);
    await sender.send(text("a"));
    let isTaken = false;
    const taken = sender.send(text("x".repeat(100_000))).finally(() => (isTaken = true));
    await new Promise(setImmediate);
    expect(isTaken).toBe(false);
    answers[0]?.resolve();
    await until(() => answers.length === 2, { what: "the second message" });
    answers[1]?.resolve();
    await taken;
  });

  test("end with what the connection says", async () => {
    const { answers, connection } = receiver();
    const sender = new PartSender("call", connection);
    await sender.send(text("a"));
    answers[0]?.reject(new Error("it is gone"));
    await expect(sender.end()).rejects.toThrow("it is gone");
  });
});
