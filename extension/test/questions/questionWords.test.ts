import { describe, expect, test } from "vitest";
import { endText, questionText, shortened, withoutLinks } from "../../src/questions/questionWords.js";

const question = {
  ...{ questionId: "q", runId: "r", agent: "Anna", server: "main process" },
  ...{ prompt: "Which\ncolour?", multiline: false, askedAtMs: 0 },
};

describe("what is read of a question", () => {
  test("is who asks, in which run, and the prompt in one line", () => {
    expect(questionText(question, "main.ts")).toBe("Anna (main.ts) asks: Which colour?");
    expect(questionText(question, undefined)).toBe("Anna asks: Which colour?");
    expect(shortened("x".repeat(500))).toHaveLength(200);
  });

  test("has no link that an agent has written", () => {
    const link = "[Click](command:workbench.action.quit)";
    expect(questionText({ ...question, prompt: link, agent: link }, link)).not.toContain("](");
    expect(withoutLinks("a ]( b")).toBe("a ] ( b");
  });

  test("is why it is over, for who was about to answer", () => {
    expect(endText("Anna", { kind: "answered", by: "VS Code · desk" })).toBe(
      "The question of Anna was answered meanwhile, by VS Code · desk.",
    );
    expect(endText("Anna", { kind: "withdrawn" })).toContain("answered where its script runs");
    expect(endText("Anna", { kind: "runEnded" })).toContain("its run has ended");
  });
});
