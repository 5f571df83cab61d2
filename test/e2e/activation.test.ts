import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TemporaryFolder } from "../processes/temporaryFolder.js";
import { until } from "../processes/until.js";
import { Editor } from "./editor/editor.js";
import { keepEvidence } from "./editor/evidence.js";
import { inEachTheme } from "./editor/inEachTheme.js";
import { hasEditor } from "./editor/installedEditor.js";
import type { Workbench } from "./editor/workbench.js";

const screenshots = fileURLToPath(new URL("screenshots/", import.meta.url));

describe.runIf(hasEditor())("a folder without agent servers", () => {
  let editor: Editor;
  let folder: TemporaryFolder;
  let window: Workbench;

  beforeAll(async () => {
    editor = await Editor.start();
    folder = await TemporaryFolder.make();
    window = await editor.open(folder.path);
  });

  afterAll(async () => {
    await editor?.[Symbol.asyncDispose]();
    await folder?.[Symbol.asyncDispose]();
  });

  keepEvidence(() => window && { editor, window });

  test("the view starts the daemon that came with the extension, and joins it", async () => {
    await window.showContainer("AgentScope");
    const daemon = await until(() => editor.profile.daemon(), { timeoutMs: 30_000, what: "the daemon" });
    const answer = await fetch(`${daemon.url}/api/servers/all`);
    expect(answer.status).toBe(200);
    await until(async () => (await editor.channel("AgentScope")).includes(`process ${daemon.pid} (started)`), {
      timeoutMs: 30_000,
      what: "the connection to the daemon",
    });
  });

  test("the view says what an agent server is and offers to start one", async () => {
    const servers = window.view("Agent Servers");
    await servers.welcomeButton("Start Agent Server").waitFor();
    await servers.welcomeButton("Create an Example").waitFor();
    expect(await servers.welcome.innerText()).toContain("An agent server is a process in which agents live.");
    expect(await servers.welcome.innerText()).toContain("Or connect to one that runs elsewhere.");
    await inEachTheme(window, screenshots, "welcome");
  });

  test("the status bar counts servers and agents", async () => {
    const item = window.statusBarItem("servers");
    await until(async () => (await item.text()) !== "AgentScope", { timeoutMs: 10_000, what: "the counts" });
    expect(await item.text()).toBe("0 servers · 0 agents");
  });
});
