import { expect, test } from "vitest";
import { compare } from "../../researchDesk/comparison.js";
import type { ResearchResult } from "../../researchDesk/runResearch.js";

const answer = { question: "?", quotations: [], documents: 1, passages: 1, duplicates: 0 };
const span = { agent: "reader 1", step: "read", threadId: 0 } as const;
const local: ResearchResult = {
  answer,
  startedAt: 0,
  endedAt: 4000,
  spans: [{ ...span, startedAt: 0, endedAt: 4000, processId: 1 }],
};
const distributed: ResearchResult = {
  answer: structuredClone(answer),
  startedAt: 5000,
  endedAt: 7500,
  spans: [
    { ...span, startedAt: 5300, endedAt: 7300, processId: 2 },
    { ...span, startedAt: 5500, endedAt: 7500, processId: 3 },
    { ...span, startedAt: 7400, endedAt: 7500, processId: 3 },
  ],
};

test("starting lasts until the last process with a reader is at work, and counts", () => {
  expect(compare(local, distributed)).toEqual({
    equal: true,
    localMs: 4000,
    distributedMs: 2500,
    startMs: 500,
    speedUp: 1.6,
    speedUpOfWork: 2,
    busyRatio: 4100 / 4000,
  });
});

test("a model's words count where it says the same each time", () => {
  const withWords = (result: ResearchResult, summary: string, modelType: string): ResearchResult => {
    const words = { subjects: [], summary, model: { modelType, modelName: "m" } };
    return { ...result, answer: { ...answer, words } };
  };
  const areEqual = (modelType: string) =>
    compare(withWords(local, "yes", modelType), withWords(distributed, "indeed", modelType)).equal;
  expect(areEqual("embedded_chat")).toBe(false);
  expect(areEqual("openai_chat")).toBe(true);
});

test("answers that differ anywhere are not equal", () => {
  expect(compare(local, { ...distributed, answer: { ...answer, passages: 2 } }).equal).toBe(false);
});
