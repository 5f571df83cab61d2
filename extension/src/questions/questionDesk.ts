import { answerQuestion, questionEnd, type QuestionRow } from "agentscope-distributed-daemon/protocol";
import { commands, type Disposable, env, type Memento, window } from "vscode";
import { commandId } from "../contributions.js";
import type { DaemonClient } from "../daemon/daemonClient.js";
import type { DaemonState } from "../daemon/daemonState.js";
import { runName } from "../views/words.js";
import { AnswerBox } from "./answerBox.js";
import { AnswerEditors } from "./answerEditors.js";
import { showQuestionNotice } from "./questionNotice.js";
import { endText, questionText, withoutLinks } from "./questionWords.js";

/** The most notifications at a time; the badge counts all questions, and the tree shows them. */
const mostNotices = 3;

/**
 * Questions of agents, as this window asks them.
 *
 * 1. A question is open as long as the daemon lists it: whoever answers first, here or elsewhere, ends it in every window.
 * 2. While the daemon is away nothing is concluded: the script asks the next one again, under the same id.
 * 3. What a person has typed is not lost: it can be copied when the question is over, and comes back when the question does.
 */
export class QuestionDesk implements Disposable {
  private readonly notices = new Map<string, () => void>();
  /** Notified of, or answered: a notification that was closed does not come again. */
  private readonly told = new Set<string>();
  private readonly boxes = new Map<string, AnswerBox>();
  /** Those that are answered here, and those of which the daemon is asked how they ended. */
  private readonly settling = new Set<string>();
  private readonly drafts = new Map<string, string>();
  private readonly editors: AnswerEditors;
  private readonly stopHearing: () => void;

  constructor(
    private readonly client: DaemonClient,
    private readonly state: DaemonState,
    memory: Memento,
  ) {
    this.editors = new AnswerEditors(memory, (questionId) => this.find(questionId));
    this.stopHearing = state.changed.on(({ all, questions }) => {
      if (all || questions) this.look();
    });
    this.look();
  }

  find(questionId: string): QuestionRow | undefined {
    return this.state.questions.find((one) => one.questionId === questionId);
  }

  /** The name of the run that asks, where it is known. */
  runOf({ runId }: QuestionRow): string | undefined {
    const run = this.state.runs.get(runId);
    return run && runName(run);
  }

  /** Lets the person answer; resolves when that is done, or given up. @throws DaemonFailure */
  async ask(question: QuestionRow): Promise<void> {
    const { questionId } = question;
    this.takeNotice(questionId);
    if (question.multiline) return this.editors.show(question);
    if (this.boxes.has(questionId)) return;
    const box = new AnswerBox(question, {
      runName: this.runOf(question),
      draft: this.drafts.get(questionId) ?? "",
    });
    this.boxes.set(questionId, box);
    const answer = await box.answer;
    this.drafts.set(questionId, box.text);
    this.boxes.delete(questionId);
    if (answer !== undefined) await this.send(questionId, answer);
  }

  /** Sends what stands in the editor of a question. @throws DaemonFailure */
  async sendEditor(uri: Parameters<AnswerEditors["questionOf"]>[0]): Promise<void> {
    const questionId = this.editors.questionOf(uri);
    // The key was pressed twice.
    if (questionId === undefined || this.settling.has(questionId)) return;
    await this.send(questionId, this.editors.textOf(questionId), () => this.editors.close(questionId));
  }

  dispose(): void {
    this.stopHearing();
    for (const close of this.notices.values()) close();
    for (const box of this.boxes.values()) box.close();
    this.editors.dispose();
  }

  private async send(questionId: string, answer: string, done?: () => Promise<void>): Promise<void> {
    this.settling.add(questionId);
    try {
      await this.client.request(answerQuestion, { questionId, answer });
      this.drafts.delete(questionId);
      await done?.();
    } finally {
      this.settling.delete(questionId);
    }
  }

  private look(): void {
    if (!this.state.isKnown) return;
    const open = new Set(this.state.questions.map(({ questionId }) => questionId));
    for (const questionId of [...this.notices.keys()]) if (!open.has(questionId)) this.takeNotice(questionId);
    for (const questionId of this.told) if (!open.has(questionId)) this.told.delete(questionId);
    for (const questionId of new Set([...this.boxes.keys(), ...this.editors.open])) {
      if (!open.has(questionId) && !this.settling.has(questionId)) void this.over(questionId);
    }
    this.editors.refresh();
    this.notify();
  }

  private notify(): void {
    for (const question of this.state.questions) {
      const { questionId } = question;
      if (this.notices.size >= mostNotices) return;
      if (this.told.has(questionId)) continue;
      this.told.add(questionId);
      const press = () => {
        this.notices.delete(questionId);
        void commands.executeCommand(commandId.answerQuestion, { kind: "question", questionId });
      };
      this.notices.set(questionId, showQuestionNotice(questionText(question, this.runOf(question)), press));
    }
  }

  private takeNotice(questionId: string): void {
    this.told.add(questionId);
    this.notices.get(questionId)?.();
    this.notices.delete(questionId);
  }

  /** Somebody was about to answer, and can't any more. */
  private async over(questionId: string): Promise<void> {
    this.settling.add(questionId);
    const end = await this.client.request(questionEnd, { questionId }).catch(() => undefined);
    this.settling.delete(questionId);
    // A daemon that was started again may not know the question yet.
    if (end === undefined || end.kind === "open") return;
    const box = this.boxes.get(questionId);
    const typed = box?.text ?? this.editors.textOf(questionId);
    const agent = box?.agent ?? this.editors.agentOf(questionId);
    box?.close();
    this.drafts.delete(questionId);
    await this.editors.close(questionId);
    const copy = "Copy What You Wrote";
    const pressed = await window.showInformationMessage(
      withoutLinks(endText(agent, end)),
      ...(typed === "" ? [] : [copy]),
    );
    if (pressed === copy) await env.clipboard.writeText(typed);
  }
}
