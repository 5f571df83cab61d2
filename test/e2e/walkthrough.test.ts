import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { listRuns } from "agentscope-distributed-daemon/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Editor as DaemonPeer } from "../daemon/editor.js";
import { until } from "../processes/until.js";
import { Editor } from "./editor/editor.js";
import { keepEvidence } from "./editor/evidence.js";
import { hasEditor, neededEditor } from "./editor/installedEditor.js";
import type { Workbench } from "./editor/workbench.js";
import { Workspace } from "./workspace.js";

const screenshots = fileURLToPath(new URL("screenshots/", import.meta.url));

describe.runIf(hasEditor())("the walkthrough, from an empty profile", () => {
  let editor: Editor;
  let workspace: Workspace;
  let window: Workbench;

  beforeAll(async () => {
    editor = await Editor.start();
    workspace = await Workspace.empty();
    window = await editor.open(workspace.path);
    await window.showContainer("AgentScope");
  });

  afterAll(async () => {
    await editor?.[Symbol.asyncDispose]();
    await workspace?.[Symbol.asyncDispose]();
  });

  keepEvidence(() => window && { editor, window });

  test("the example is created from the empty view, and opened", async () => {
    await window.view("Agent Servers").welcomeButton("Create an Example").click();
    await window.page.locator('.tab.active[aria-label^="main.ts"]').waitFor({ timeout: 60_000 });
    await window.notifications.containing("It needs its packages (npm install) before it is run.").waitFor();
    expect(readdirSync(workspace.file("agentscope-example")).sort()).toEqual(["agents", "main.ts", "package.json"]);
  });

  test("it runs distributed: its agents are on servers that the daemon started, and it prints what it says", async () => {
    await window.run("AgentScope: Run Orchestration Script Distributed");
    await window.terminal.prints("hello, says A, says B | hello, says A, says C", 90_000);
    await window.terminal.prints("main.ts has succeeded", 30_000);
    const daemon = editor.profile.daemon();
    if (!daemon) throw new Error("there is no daemon");
    await using peer = await DaemonPeer.connect(daemon);
    const { rows } = await peer.ask(listRuns, { offset: 0, limit: 9 });
    expect(rows).toMatchObject([{ name: "main.ts", state: "succeeded", target: "studio", agents: 3, calls: 3 }]);
    const servers = window.view("Agent Servers");
    for (const name of ["A", "B", "C"]) await servers.expandUntil(servers.row(new RegExp(`^${name}\\s*Greeter`)));
    await window.screenshot(screenshots, "example-distributed");
  });

  test("the walkthrough shows its steps", async () => {
    await window.run("Welcome: Open Walkthrough...");
    await window.quickInput.choose("Run your first distributed script");
    const page = window.page.locator(".gettingStartedContainer");
    await page.getByText("Run the script, here and distributed").waitFor();
    await until(async () => (await page.locator(".step-title").count()) === 4, {
      timeoutMs: 10_000,
      what: "four steps",
    });
    await window.screenshot(screenshots, "walkthrough");
    expect(await page.locator(".step-title").allInnerTexts()).toContain("Start an agent server");
  });

  test("a window that is opened again finds everything as it was", async () => {
    const before = editor.profile.daemon();
    await window.reload();
    await window.showContainer("AgentScope");
    await window.view("Runs").row("main.ts").waitFor({ timeout: 60_000 });
    expect(editor.profile.daemon()?.instance).toBe(before?.instance);
  });

  test("what is installed is small, and has no native module", () => {
    const { extensions } = neededEditor();
    const files = readdirSync(extensions, { recursive: true, encoding: "utf8" }).map((path) => join(extensions, path));
    expect(files.filter((path) => path.endsWith("asStudio.js"))).toHaveLength(1);
    expect(files.filter((path) => /\.(node|so|dll|dylib|exe|map)$/.test(path))).toEqual([]);
    const sizeBytes = files.reduce((sum, path) => sum + (statSync(path).isFile() ? statSync(path).size : 0), 0);
    expect(sizeBytes).toBeLessThan(8 * 1024 * 1024);
  });
});

describe.runIf(hasEditor())("a workspace that is not trusted", () => {
  test("is watched, and none of its code is run", async () => {
    await using editor = await Editor.start({
      "security.workspace.trust.enabled": true,
      "security.workspace.trust.startupPrompt": "never",
      "security.workspace.trust.banner": "never",
    });
    await using workspace = await Workspace.empty();
    const window = await editor.open(workspace.path);
    await window.showContainer("AgentScope");
    const servers = window.view("Agent Servers");
    await servers.welcomeButton("Manage Workspace Trust").waitFor({ timeout: 60_000 });
    expect(await servers.welcome.innerText()).toContain("This workspace is not trusted, so none of its code is run.");
    expect(await servers.welcomeButton("Start Agent Server").count()).toBe(0);
    expect(await window.quickInput.lists("AgentScope: Start Agent Server")).toBe(false);
    expect(await window.quickInput.lists("AgentScope: Show Daemon Log")).toBe(true);
    await window.screenshot(screenshots, "untrusted");
  });
});
