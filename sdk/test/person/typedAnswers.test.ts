import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { beforeEach, expect, it } from "vitest";
import { AgentScopeError } from "../../src/errors.js";
import { AnswerLines } from "../../src/person/answerLines.js";

/** A terminal: what is typed, and what it shows. */
class FakeTerminal {
  isRaw = false;
  readonly input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (raw: boolean) => (this.isRaw = raw) });
  readonly output = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
  private written = "";

  constructor() {
    this.output.setEncoding("utf8").on("data", (text: string) => (this.written += text));
  }

  get shown(): string {
    return stripVTControlCharacters(this.written);
  }
}

let terminal: FakeTerminal;
let lines: AnswerLines;

beforeEach(() => {
  terminal = new FakeTerminal();
  const { input, output } = terminal as unknown as { input: NodeJS.ReadStream; output: NodeJS.WriteStream };
  lines = new AnswerLines(input, output, (text) => output.write(text));
});

it("a person types after the prompt, and can correct the line", async () => {
  const { answer } = lines.ask("you: ");
  expect(terminal.isRaw).toBe(true);
  terminal.input.write("Adda\u007f\u007fa\r");
  expect(await answer).toBe("Ada");
  expect(terminal.shown).toMatch(/^you: Adda/);
});

it("the terminal is in its usual mode between questions, so that Ctrl-C ends the program", async () => {
  const { answer } = lines.ask("? ");
  terminal.input.write("one\r");
  await answer;
  expect(terminal.isRaw).toBe(false);
  expect(terminal.input.isPaused()).toBe(true);
});

it("lines that are pasted answer the next questions", async () => {
  const { answer } = lines.ask("? ");
  terminal.input.write("one\rtwo\r");
  expect(await answer).toBe("one");
  expect(await lines.ask("! ").answer).toBe("two");
  expect(terminal.shown).toContain("! two\n");
});

it("what agents say meanwhile stands above the prompt, and what was typed so far stays", async () => {
  const open = lines.ask("you: ");
  terminal.input.write("Hel");
  await expect.poll(() => terminal.shown).toContain("Hel");
  open.interject("A: good day\n");
  terminal.input.write("lo\r");
  expect(await open.answer).toBe("Hello");
  expect(terminal.shown).toMatch(/A: good day\nyou: Hel/);
});

it("Ctrl-D is the end of the input, for this question", async () => {
  const { answer } = lines.ask("? ");
  terminal.input.write("\u0004");
  await expect(answer).rejects.toMatchObject({ code: "NO_ANSWER" });
  const again = lines.ask("? ");
  terminal.input.write("one\r");
  expect(await again.answer).toBe("one");
});

it("a question that is withdrawn gives the terminal back", async () => {
  const open = lines.ask("? ");
  open.withdraw(new AgentScopeError("CANCELLED", "withdrawn"));
  await expect(open.answer).rejects.toMatchObject({ code: "CANCELLED" });
  expect(terminal.isRaw).toBe(false);
});
