import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { StartedProcess } from "../processes/startedProcess.js";
import { until } from "../processes/until.js";
import { Editor } from "./editor/editor.js";
import { keepEvidence } from "./editor/evidence.js";
import { inEachTheme } from "./editor/inEachTheme.js";
import { hasEditor } from "./editor/installedEditor.js";
import type { TreeView } from "./editor/treeView.js";
import type { Workbench } from "./editor/workbench.js";
import { Workspace } from "./workspace.js";

const screenshots = fileURLToPath(new URL("screenshots/", import.meta.url));

/** Whether something of a line's colour is drawn. */
const isDrawn = `(() => {
  const plot = document.querySelector('.chart[data-metric="memory"] .plot');
  const canvas = plot?.querySelector("canvas");
  if (!canvas) return false;
  const colour = getComputedStyle(plot).getPropertyValue("--line-1").trim();
  const wanted = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] > 128 && wanted.every((value, index) => Math.abs(data[at + index] - value) < 12)) return true;
  }
  return false;
})()`;

/** How much of the axes' text can be read: the lines beside it are far fainter. */
const textPixels = `(() => {
  const canvas = document.querySelector('.chart[data-metric="memory"] canvas');
  const { data } = canvas.getContext("2d").getImageData(0, 0, Math.round(50 * devicePixelRatio), canvas.height);
  let found = 0;
  for (let at = 3; at < data.length; at += 4) if (data[at] > 160) found++;
  return found;
})()`;

describe.runIf(hasEditor())("the resources of agent servers, in the editor", () => {
  let editor: Editor;
  let workspace: Workspace;
  let window: Workbench;
  let servers: TreeView;
  let script: StartedProcess | undefined;

  beforeAll(async () => {
    editor = await Editor.start();
    workspace = await Workspace.copy("twoAgents");
    window = await editor.open(workspace.path);
    servers = window.view("Agent Servers");
    await window.showContainer("AgentScope");
    await servers.welcomeButton("Start Agent Server").click();
    await servers.row(/cpu \d+% · \d+ MB/).waitFor({ timeout: 90_000 });
  }, 240_000);

  afterAll(async () => {
    await script?.[Symbol.asyncDispose]();
    await editor?.[Symbol.asyncDispose]();
    await workspace?.[Symbol.asyncDispose]();
  });

  keepEvidence(() => window && { editor, window });

  const view = () => window.webview(".resources");
  const curve = () =>
    until(async () => (await view()).evaluate(isDrawn), { timeoutMs: 20_000, what: "a curve of the memory" });

  test("the command opens the curves of all servers, which go on", async () => {
    await window.run("AgentScope: Show Resources");
    await window.page.locator('.tab.active[aria-label^="Resources"]').waitFor();
    await curve();
    const page = await view();
    const last = async () =>
      Number(await page.getByRole("slider", { name: "CPU over time" }).getAttribute("aria-valuemax"));
    const before = await last();
    await until(async () => (await last()) > before, { timeoutMs: 10_000, what: "a later time" });
    expect(await page.getByRole("slider").count()).toBe(5);
  });

  test("work shows in the curves, in every theme", { timeout: 240_000 }, async () => {
    const url = editor.profile.daemon()?.url ?? "";
    script = new StartedProcess(workspace.file("main.ts"), {
      nodeArgs: ["--import", "tsx"],
      args: ["--stay"],
      cwd: workspace.path,
      env: { AGENTSCOPE_STATE_DIR: editor.profile.state, AGENTSCOPE_STUDIO_URL: url, AGENTSCOPE_TARGET: "studio" },
      input: "open",
    });
    await script.prints("hello, says A, says B", 60_000);
    await (await view()).getByRole("button", { name: "1 min", exact: true }).click();
    await curve();
    await inEachTheme(window, screenshots, "resources");
    expect(await curve()).toBe(true);
    expect(await (await view()).evaluate<number>(textPixels)).toBeGreaterThan(50);
  });

  test("a server's row opens its own, and the view is as it was left after the window was loaded anew", {
    timeout: 240_000,
  }, async () => {
    const tab = window.page.locator('.tab.active[aria-label^="Resources of 127.0.0.1:"]');
    await servers.act(servers.row(/127\.0\.0\.1:\d+/).first(), "Show Resources", () => tab.isVisible());
    await curve();
    await (await view()).getByRole("button", { name: "Table" }).click();
    await (await view()).getByRole("region", { name: "Resources as a table" }).waitFor();
    await window.reloadWindow();
    // The extension is there again.
    await servers
      .row(/cpu \d+% · \d+ MB/)
      .first()
      .waitFor({ timeout: 90_000 });
    await until(async () => (await (await view()).getByRole("row", { name: /127\.0\.0\.1:\d+ .*MB/ }).count()) > 0, {
      timeoutMs: 60_000,
      what: "the table, again",
    });
    expect(await tab.count()).toBe(1);
  });
});
