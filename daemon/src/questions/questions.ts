import type { PersonQuestion } from "agentscope-distributed/studio";
import type { CancellationToken } from "vscode-jsonrpc";
import { Emitter } from "../emitter.js";
import { StudioError } from "../errors.js";
import type { QuestionEnd, QuestionRow } from "../protocol/index.js";

/** How many questions are remembered that nobody can answer any more, so that a late answer is told why. */
const mostSettled = 500;

interface OpenQuestion {
  readonly row: QuestionRow;
  /** One for each connection on which it was asked and that may still be there. */
  readonly waiting: Set<Waiting>;
}

interface Waiting {
  settle(result: { answer: string } | StudioError): void;
}

type Settled = { runId: string } & (
  | { kind: "answered"; by: string; answer: string }
  | { kind: "withdrawn" }
  | { kind: "runEnded" }
);

/**
 * Questions of agents that wait for a person.
 *
 * A question lives until it is answered, withdrawn, or its run ends; not with the connection on which it was asked: a script whose
 * connection broke asks again with the same id, and is given the answer that came meanwhile.
 */
export class Questions {
  /** The list has changed. */
  readonly changed = new Emitter<void>();
  private readonly open = new Map<string, OpenQuestion>();
  private readonly settled = new Map<string, Settled>();

  /**
   * Resolves with the answer.
   *
   * @param token withdraws the question.
   * @throws StudioError when it is withdrawn, its run ends, or its id is another run's.
   */
  ask(runId: string, asked: PersonQuestion, token: CancellationToken): Promise<{ answer: string }> {
    const { questionId } = asked;
    const before = this.settled.get(questionId);
    if (before?.kind === "answered" && before.runId === runId) return Promise.resolve({ answer: before.answer });
    const question = this.open.get(questionId) ?? this.add(runId, asked);
    if (question.row.runId !== runId) {
      throw StudioError.refused(`the question ${JSON.stringify(questionId)} was asked by another run`);
    }
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        settle: (result) => {
          withdrawal.dispose();
          question.waiting.delete(waiting);
          if (result instanceof StudioError) reject(result);
          else resolve(result);
        },
      };
      const withdrawal = token.onCancellationRequested(() => this.withdraw(questionId));
      question.waiting.add(waiting);
      if (token.isCancellationRequested) this.withdraw(questionId);
    });
  }

  /** Oldest first. */
  list(): QuestionRow[] {
    return [...this.open.values()].map(({ row }) => row);
  }

  /**
   * @param by what people call the client that answers
   * @throws StudioError when nobody waits for the answer.
   */
  answer(questionId: string, answer: string, by: string): void {
    const question = this.open.get(questionId);
    if (question === undefined) throw this.whyNot(questionId);
    this.settle(question, { kind: "answered", runId: question.row.runId, by, answer });
  }

  /** @throws StudioError when it is not remembered. */
  endOf(questionId: string): QuestionEnd {
    if (this.open.has(questionId)) return { kind: "open" };
    const settled = this.settled.get(questionId);
    if (settled === undefined) throw StudioError.notFound("question", questionId);
    return settled.kind === "answered" ? { kind: "answered", by: settled.by } : { kind: settled.kind };
  }

  /** What an agent of a run asks. */
  promptOf(runId: string, agent: string): string | undefined {
    for (const { row } of this.open.values()) if (row.runId === runId && row.agent === agent) return row.prompt;
    return undefined;
  }

  runEnded(runId: string): void {
    for (const question of [...this.open.values()]) {
      if (question.row.runId === runId) this.settle(question, { kind: "runEnded", runId });
    }
    // Nobody asks them again.
    for (const [questionId, settled] of this.settled) {
      if (settled.runId === runId && settled.kind === "answered")
        this.settled.set(questionId, { ...settled, answer: "" });
    }
  }

  private add(runId: string, { questionId, agent, server, prompt, multiline }: PersonQuestion): OpenQuestion {
    const row = { questionId, runId, agent, server, prompt, multiline: multiline === true, askedAtMs: Date.now() };
    const question: OpenQuestion = { row, waiting: new Set() };
    this.open.set(questionId, question);
    this.settled.delete(questionId);
    this.changed.emit();
    return question;
  }

  private withdraw(questionId: string): void {
    const question = this.open.get(questionId);
    if (question !== undefined) this.settle(question, { kind: "withdrawn", runId: question.row.runId });
  }

  private settle(question: OpenQuestion, settled: Settled): void {
    const { questionId } = question.row;
    this.open.delete(questionId);
    this.settled.set(questionId, settled);
    const [oldest] = this.settled.keys();
    if (this.settled.size > mostSettled && oldest !== undefined) this.settled.delete(oldest);
    const result = settled.kind === "answered" ? { answer: settled.answer } : this.whyNot(questionId);
    for (const waiting of [...question.waiting]) waiting.settle(result);
    this.changed.emit();
  }

  private whyNot(questionId: string): StudioError {
    const settled = this.settled.get(questionId);
    switch (settled?.kind) {
      case "answered":
        return StudioError.refused(`the question was already answered, by ${settled.by}`);
      case "withdrawn":
        return StudioError.refused(
          "the question was withdrawn: it was answered where its script runs, or is not asked any more",
        );
      case "runEnded":
        return StudioError.refused("the question is not asked any more: its run has ended");
      case undefined:
        return StudioError.notFound("question", questionId);
    }
  }
}
