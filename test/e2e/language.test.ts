import { rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isAlive } from "../processes/processTable.js";
import { until } from "../processes/until.js";
import { Editor } from "./editor/editor.js";
import { keepEvidence } from "./editor/evidence.js";
import { hasEditor } from "./editor/installedEditor.js";
import { inEachTheme } from "./editor/inEachTheme.js";
import type { Workbench } from "./editor/workbench.js";
import { Workspace } from "./workspace.js";

const screenshots = fileURLToPath(new URL("screenshots/", import.meta.url));

describe.runIf(hasEditor())("language features in the editor", { timeout: 400_000 }, () => {
  let editor: Editor;
  let workspace: Workspace;
  let window: Workbench;

  beforeAll(async () => {
    editor = await Editor.start({ "editor.hover.delay": 100 });
    workspace = await Workspace.copy("lived");
    window = await editor.open(workspace.path);
  });

  afterAll(async () => {
    await editor?.[Symbol.asyncDispose]();
    await workspace?.[Symbol.asyncDispose]();
  });

  keepEvidence(() => window && { editor, window });

  const shows = (text: string, hint: RegExp) =>
    until(async () => hint.test(plain(await window.line(text).innerText())), {
      timeoutMs: 120_000,
      what: `${hint.source} at ${text}`,
    });
  const isRunning = async () => plain(await window.line("const draft").innerText()).includes("● running");
  const problem = (text: string | RegExp): Locator =>
    window.page.locator(".markers-panel .monaco-list-row", { hasText: text });

  test("calls have hints while the script runs", async () => {
    await window.openFile("main.ts");
    // The extension of a window that has just been opened: on a busy machine it takes its time.
    await window.lenses.lens("▷ Run distributed").first().waitFor({ timeout: 180_000 });
    await window.lenses.press("▷ Run distributed", isRunning);
    expect(await shows("const draft", /reader\(text\) ?● running\)/)).toBe(true);
    expect(await shows("const draft", /… waiting for reader/)).toBe(true);
    await window.screenshot(screenshots, "hints-running");
  });

  test("under the pointer is the agent, where it lives and what it remembers", async () => {
    const call = window
      .line("const draft")
      .locator("span", { hasText: /^reader$/ })
      .last();
    const hover = window.page.locator(".monaco-hover:visible", { hasText: "Last in its memory" });
    await until(
      async () => {
        await window.page.mouse.move(700, 450);
        await call.hover();
        return appears(hover);
      },
      { timeoutMs: 90_000, what: "a hover" },
    );
    const text = plain(await hover.innerText());
    expect(text).toMatch(/reader · 127\.0\.0\.1:\d+ · ● running/);
    expect(text).toContain("the text");
    await window.page.screenshot({ path: `${screenshots}hover.png` });
  });

  test("a failure stands at the call and where the agent threw, in the file and in Problems", async () => {
    writeFileSync(workspace.file("go"), "");
    expect(await shows("await judge", /judge\(draft\) ?✗ failed/)).toBe(true);
    expect(await shows("const draft", /reader\(text\) ?✓ /)).toBe(true);
    await window.page.locator('.part.panel a.action-label[aria-label^="Problems"]').click();
    await problem(/I can't judge this.*Ln 13/s).waitFor();
    await problem(/I can't judge this.*Ln 17/s).waitFor();
    await problem(/clerk\.ts.*judge \(127\.0\.0\.1:\d+\) threw here/s).waitFor();
    await problem(/main\.ts.*judge was called here/s).waitFor();
    await inEachTheme(window, screenshots, "failure");
  });

  test("a file of model configs is checked and completed", async () => {
    await window.openFile("models.json");
    await problem(/model_type must be one of openai_chat/).waitFor();
    await problem(/temprature/).waitFor();
    await problem(/The environment variable NO_SUCH_KEY is not set/).waitFor();
    await window.line("opnai_chat").locator("span", { hasText: "opnai_chat" }).last().dblclick();
    await window.page.keyboard.press("Delete");
    await window.page.keyboard.press("Control+Space");
    const suggestion = window.page.locator(".suggest-widget .monaco-list-row", { hasText: "anthropic_chat" }).first();
    await suggestion.waitFor();
    await window.page.screenshot({ path: `${screenshots}model-configs.png` });
    await suggestion.click();
    expect(await shows('"fast"', /"model_type": "anthropic_chat"/)).toBe(true);
    await problem(/model_type must be one of openai_chat/).waitFor({ state: "hidden" });
  });

  test("when the daemon was killed, the next one has them all again", async () => {
    const before = editor.profile.daemon()?.pid;
    if (before === undefined) throw new Error("there is no daemon");
    process.kill(before, "SIGKILL");
    await until(() => !isAlive(before), { timeoutMs: 10_000, what: "the end of the daemon" });
    await until(() => editor.profile.daemon()?.pid !== before, { timeoutMs: 90_000, what: "the next daemon" });
    await problem(/temprature/).waitFor();
    // The run that begins now, only the next daemon knows.
    rmSync(workspace.file("go"));
    await window.openFile("main.ts");
    await window.lenses.press("▷ Run distributed", isRunning);
    expect(await shows("const draft", /reader\(text\) ?● running\)/)).toBe(true);
  });
});

function appears(locator: Locator): Promise<boolean> {
  return locator.waitFor({ timeout: 2_000 }).then(
    () => true,
    () => false,
  );
}

/** As a person reads it: the editor's spaces are ones that do not break. */
function plain(text: string): string {
  return text.replaceAll(/[\u00a0\u202f]/g, " ").replaceAll(/[\u200b-\u200f\u2060]/g, "");
}
