import type { QuestionRow } from "agentscope-distributed-daemon/protocol";
import { type InputBox, window } from "vscode";
import { shortened } from "./questionWords.js";

/** The box in which one line is typed. */
export class AnswerBox {
  /** What was typed and confirmed; undefined: the person turned away, or {@link close}. */
  readonly answer: Promise<string | undefined>;
  readonly agent: string;
  private readonly box: InputBox;

  constructor({ agent, prompt }: QuestionRow, { runName, draft }: { runName: string | undefined; draft: string }) {
    const box = window.createInputBox();
    this.agent = agent;
    this.box = box;
    box.title = [agent, runName].filter(Boolean).join(" · ");
    box.prompt = shortened(prompt);
    box.placeholder = "Your answer";
    box.value = draft;
    // Somebody who looks something up in the workspace comes back to what was typed.
    box.ignoreFocusOut = true;
    this.answer = new Promise((resolve) => {
      box.onDidAccept(() => {
        resolve(box.value);
        box.hide();
      });
      box.onDidHide(() => {
        resolve(undefined);
        box.dispose();
      });
    });
    box.show();
  }

  get text(): string {
    return this.box.value;
  }

  close(): void {
    this.box.hide();
  }
}
