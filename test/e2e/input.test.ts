import { fileURLToPath } from "node:url";
import { listQuestions, runOutput, type RunRow, startRun, stopRun } from "agentscope-distributed-daemon/protocol";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { Editor as DaemonPeer } from "../daemon/editor.js";
import { endRuns } from "../daemon/endRuns.js";
import { until } from "../processes/until.js";
import { Editor } from "./editor/editor.js";
import { keepEvidence } from "./editor/evidence.js";
import { inEachTheme } from "./editor/inEachTheme.js";
import { hasEditor } from "./editor/installedEditor.js";
import type { Workbench } from "./editor/workbench.js";
import { Workspace } from "./workspace.js";

// Windows are opened and loaded anew.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const screenshots = fileURLToPath(new URL("screenshots/", import.meta.url));
const asked = "asks: host: Which colour do you like?";

describe.runIf(hasEditor())("questions of agents to the person", () => {
  let editor: Editor;
  let workspace: Workspace;
  let window: Workbench;
  let daemon: DaemonPeer;

  beforeAll(async () => {
    editor = await Editor.start();
    workspace = await Workspace.copy("asking");
    window = await editor.open(workspace.path);
    await window.showContainer("AgentScope");
    const found = await until(() => editor.profile.daemon(), { timeoutMs: 60_000, what: "the daemon" });
    daemon = await DaemonPeer.connect(found);
    await window.statusBarItem("servers").element.filter({ hasText: "0 servers" }).waitFor();
  });

  afterAll(async () => {
    await daemon?.[Symbol.asyncDispose]();
    await editor?.[Symbol.asyncDispose]();
    await workspace?.[Symbol.asyncDispose]();
  });

  keepEvidence(() => window && { editor, window });

  // The question of a test that failed is not asked in the next one.
  afterEach(() => endRuns(daemon));

  const run = (...args: string[]): Promise<RunRow> =>
    daemon.ask(startRun, { script: workspace.file("main.ts"), args, cwd: workspace.path });

  /** Waits until the run has written a text. */
  const writes = (runId: string, text: string) =>
    until(async () => (await daemon.ask(runOutput, { runId, offset: 0, limit: 10_000 })).text.includes(text), {
      timeoutMs: 20_000,
      what: `${text} in the output`,
    });

  test("a question is a notification, a badge and a row below its run, and is answered in a box", async () => {
    const { runId } = await run();
    const notice = window.notifications.containing(asked);
    await notice.waitFor({ timeout: 30_000 });
    expect(await notice.innerText()).toContain(`Anna (main.ts) ${asked}`);
    await window.badge("AgentScope").filter({ hasText: "1" }).waitFor();
    expect(await window.statusBarItem("questions").text()).toBe("1 question");
    const runs = window.view("Runs");
    await runs.expandUntil(runs.row(/^Anna asks\s*host: Which colour do you like\?/));
    await inEachTheme(window, screenshots, "question");
    await window.notifications.press(asked, "Answer");
    await window.quickInput.input.waitFor();
    await window.screenshot(screenshots, "question-box");
    await window.quickInput.answer("blue");
    await writes(runId, 'Anna said "blue"');
    await notice.waitFor({ state: "hidden" });
    await window.badge("AgentScope").waitFor({ state: "hidden" });
    await window.statusBarItem("questions").element.waitFor({ state: "hidden" });
  });

  test("it is still there after the window was loaded anew, and is answered by a command", async () => {
    const { runId } = await run();
    await window.notifications.containing(asked).waitFor({ timeout: 30_000 });
    await window.reload();
    await window.notifications.containing(asked).waitFor({ timeout: 60_000 });
    await window.run("AgentScope: Answer Question…");
    await window.quickInput.answer("green");
    await writes(runId, 'Anna said "green"');
    await window.notifications.containing(asked).waitFor({ state: "hidden" });
    await window.statusBarItem("questions").element.waitFor({ state: "hidden" });
    expect(await window.statusBarItem("questions").element.isVisible()).toBe(false);
  });

  test("of two windows the first answers, and who was typing in the other is told and loses nothing", async () => {
    const other = await editor.open(workspace.path);
    try {
      const { runId } = await run();
      await window.notifications.press(asked, "Answer");
      await window.quickInput.input.fill("I think that");
      await other.notifications.press(asked, "Answer");
      await other.quickInput.answer("red");
      await writes(runId, 'Anna said "red"');
      await window.quickInput.input.waitFor({ state: "hidden" });
      const told = window.notifications.containing(/The question of Anna was answered meanwhile, by .*\./);
      await told.waitFor();
      await window.screenshot(screenshots, "question-answered-elsewhere");
      await window.notifications.press(/answered meanwhile/, "Copy What You Wrote");
      await window.badge("AgentScope").waitFor({ state: "hidden" });
      expect(await other.notifications.containing(/answered meanwhile/).count()).toBe(0);
    } finally {
      await other.close();
    }
  });

  test("an answer of several lines is written in an editor, kept over a reload, and sent by a key", async () => {
    const { runId } = await run("--multiline");
    await window.notifications.press(asked, "Answer");
    await window.page.locator('.tab.active[aria-label^="Answer to Anna"]').waitFor();
    await window.page.keyboard.type("blue,\nand sometimes green");
    await window.page.locator(".codelens-decoration", { hasText: `Anna ${asked}` }).waitFor();
    await window.page.locator(".codelens-decoration a", { hasText: "Send Answer" }).waitFor();
    await window.screenshot(screenshots, "question-editor");
    // The editor saves what is typed a moment later.
    await window.page.locator('.tab.active:not(.dirty)[aria-label^="Answer to Anna"]').waitFor();
    await window.reloadWindow();
    await window.page.locator(".view-line", { hasText: "sometimes" }).waitFor({ timeout: 60_000 });
    await window.page.locator(".view-line", { hasText: "sometimes" }).click();
    await until(
      async () => {
        await window.page.keyboard.press("Control+Enter");
        return (await daemon.ask(runOutput, { runId, offset: 0, limit: 10_000 })).text.includes("Anna said");
      },
      { timeoutMs: 30_000, what: "the answer" },
    );
    await writes(runId, String.raw`Anna said "blue,\nand sometimes green"`);
    const tab = window.page.locator('.tab[aria-label^="Answer to Anna"]');
    await tab.waitFor({ state: "hidden" });
    expect(await tab.count()).toBe(0);
  });

  test("a run that ends takes its question away", async () => {
    const { runId } = await run();
    await window.notifications.containing(asked).waitFor({ timeout: 30_000 });
    await daemon.ask(stopRun, { runId });
    await window.notifications.containing(asked).waitFor({ state: "hidden" });
    expect(await daemon.ask(listQuestions, {})).toEqual([]);
  });

  test("a run that fails while nobody looks is a badge, until somebody looks", async () => {
    await window.run("View: Show Explorer");
    await run("--fail");
    await window.badge("AgentScope").filter({ hasText: "1" }).waitFor({ timeout: 30_000 });
    await window.screenshot(screenshots, "badge-failed");
    await window.showContainer("AgentScope");
    await window.badge("AgentScope").waitFor({ state: "hidden" });
    expect(
      await window
        .view("Runs")
        .row(/^main\.ts\s*failed/)
        .count(),
    ).toBe(1);
  });
});
