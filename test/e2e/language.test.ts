import { writeFileSync } from "node:fs";
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

describe.runIf(hasEditor())("language features in the editor", () => {
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

  /** The line of the editor that is in front in which a text stands. */
  const line = (text: string): Locator => window.page.locator(".editor-instance .view-line", { hasText: text }).first();
  const shows = (text: string, hint: string | RegExp, timeoutMs = 90_000) =>
    until(async () => plain(await line(text).innerText()).match(hint), {
      timeoutMs,
      what: `${String(hint)} at ${text}`,
    });
  const problem = (text: string | RegExp): Locator =>
    window.page.locator(".markers-panel .monaco-list-row", { hasText: text });

  test("calls have hints while the script runs", async () => {
    await window.openFile("main.ts");
    await window.run("AgentScope: Run Orchestration Script Distributed");
    await shows("const draft", /reader\(text\) ?● running\)/);
    expect(await shows("const draft", /… waiting for reader/)).toBeTruthy();
    await inEachTheme(window, screenshots, "hints-running");
  });

  test("under the pointer is the agent, where it lives and what it remembers", async () => {
    const call = window.page.locator(".view-line span", { hasText: /^\s*reader$/ }).last();
    const hover = window.page.locator(".monaco-hover:visible", { hasText: "Last in its memory" });
    await until(
      async () => {
        await window.page.mouse.move(700, 500);
        await call.hover();
        return hover.isVisible();
      },
      { timeoutMs: 60_000, what: "a hover" },
    );
    const text = plain(await hover.innerText());
    expect(text).toMatch(/reader · 127\.0\.0\.1:\d+ · ● running/);
    expect(text).toContain("the text");
    await window.page.screenshot({ path: `${screenshots}hover.png` });
  });

  test("a killed daemon takes them away for a moment: the next one has them again", async () => {
    const before = editor.profile.daemon()?.pid;
    if (before === undefined) throw new Error("there is no daemon");
    process.kill(before, "SIGKILL");
    await until(() => !isAlive(before), { timeoutMs: 10_000, what: "the end of the daemon" });
    await until(() => editor.profile.daemon()?.pid !== before, { timeoutMs: 60_000, what: "the next daemon" });
    writeFileSync(workspace.file("go"), "");
    expect(await shows("await judge", /judge\(draft\) ?✗ failed/)).toBeTruthy();
  });

  test("a failure stands in Problems at the call and where the agent threw", async () => {
    await window.run("View: Show Problems");
    await problem("main.ts").first().waitFor({ timeout: 60_000 });
    await problem("clerk.ts").first().waitFor({ timeout: 60_000 });
    expect(await problem(/I can't judge this/).count()).toBeGreaterThanOrEqual(2);
    await window.screenshot(screenshots, "failure");
  });

  test("a file of model configs is checked and completed", async () => {
    await window.openFile("models.json");
    await problem(/model_type must be one of openai_chat/).waitFor({ timeout: 60_000 });
    await problem(/temprature/).waitFor();
    await problem(/The environment variable NO_SUCH_KEY is not set/).waitFor();
    await window.run("View: Toggle Panel Visibility");
    await line('"opnai_chat"').click();
    const word = window.page.locator(".view-line span", { hasText: "opnai_chat" }).last();
    await word.dblclick();
    await window.page.keyboard.press("Delete");
    await window.page.keyboard.press("Control+Space");
    const suggestion = window.page.locator(".suggest-widget .monaco-list-row", { hasText: "anthropic_chat" }).first();
    await suggestion.waitFor({ timeout: 30_000 });
    await window.page.screenshot({ path: `${screenshots}model-configs.png` });
    await suggestion.click();
    await line('"anthropic_chat"').waitFor();
    expect(await line('"config_name": "fast"').innerText()).toContain("anthropic_chat");
  });
});

/** As a person reads it: the editor's spaces are ones that do not break. */
function plain(text: string): string {
  return text.replaceAll(/[\u00a0\u202f]/g, " ").replaceAll(/[\u200b-\u200f\u2060]/g, "");
}
