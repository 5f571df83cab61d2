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

const table = "| day | sky |\n|---|---|\n| Monday | clear |\n| Tuesday | rain |";
const code = "```ts\nexport const sky = (day: string) => forecast[day] ?? 'clear';\n```";
const conversation = [
  {
    name: "Anna",
    role: "user",
    content: "What will the weather in **Oslo** be? I have *two* days, and want to see the fjord.",
  },
  {
    name: "Dora",
    role: "assistant",
    content: "",
    metadata: { toolCalls: [{ id: "1", name: "forecast", input: { city: "Oslo", days: 2 } }] },
  },
  {
    name: "forecast",
    role: "system",
    content: '{"Monday":"clear","Tuesday":"rain"}',
    metadata: { toolCallId: "1", toolName: "forecast" },
  },
  { name: "Dora", role: "assistant", content: `Go on **Monday**:\n\n${table}\n\n${code}` },
];

describe.runIf(hasEditor())("the memory of an agent, in the editor", () => {
  let editor: Editor;
  let workspace: Workspace;
  let window: Workbench;
  let servers: TreeView;
  let script: StartedProcess;

  beforeAll(async () => {
    editor = await Editor.start();
    workspace = await Workspace.copy("diary");
    window = await editor.open(workspace.path);
    servers = window.view("Agent Servers");
    await window.showContainer("AgentScope");
    await servers.welcomeButton("Start Agent Server").click({ timeout: 90_000 });
    await servers.row(/127\.0\.0\.1:\d+/).waitFor({ timeout: 60_000 });
    script = new StartedProcess(workspace.file("main.ts"), {
      nodeArgs: ["--import", "tsx"],
      cwd: workspace.path,
      env: {
        AGENTSCOPE_STATE_DIR: editor.profile.state,
        AGENTSCOPE_STUDIO_URL: editor.profile.daemon()?.url ?? "",
        AGENTSCOPE_TARGET: "studio",
      },
      input: "open",
    });
    tells(conversation);
    await script.prints("I have written down message 4.", 60_000);
  }, 240_000);

  afterAll(async () => {
    await script?.[Symbol.asyncDispose]();
    await editor?.[Symbol.asyncDispose]();
    await workspace?.[Symbol.asyncDispose]();
  });

  keepEvidence(() => window && { editor, window });

  const tells = (messages: unknown[]) => script.type(JSON.stringify(messages));
  const view = () => window.webview(".memory");
  const dora = () => servers.row(/^Dora\s*Diarist/);

  test("opens from the row of the agent, and shows what it hears next", async () => {
    await servers.expandUntil(dora());
    const tab = window.page.locator('.tab.active[aria-label^="Memory of Dora"]');
    await servers.act(dora(), "Show Agent Memory", () => tab.isVisible());
    const memory = await view();
    await memory.getByText("I have written down message 4.").waitFor();
    await memory.locator("summary", { hasText: "uses forecast" }).waitFor();
    expect(await memory.locator("td", { hasText: "Monday" }).count()).toBe(1);
    tells([{ name: "Anna", role: "user", content: "Thank you. I take the ferry at nine." }]);
    await memory.getByText("I take the ferry at nine.").waitFor();
    await inEachTheme(window, screenshots, "memory");
  });

  test("is searched, and is where it was after the window was loaded anew", async () => {
    const memory = await view();
    await memory.getByLabel("Search in the memory").fill("monday");
    await until(async () => (await memory.locator(".result").innerText()) === "1 of 2", {
      timeoutMs: 10_000,
      what: "two messages with Monday",
    });
    await window.reloadWindow();
    await window.page.locator('.tab[aria-label^="Memory of Dora"]').waitFor();
    // The extension is started anew before its panels are.
    const again = await until(() => view().catch(() => undefined), { timeoutMs: 90_000, what: "the view" });
    await again.getByText("I take the ferry at nine.").waitFor({ timeout: 60_000 });
    expect(await again.getByLabel("Search in the memory").inputValue()).toBe("monday");
    tells([{ name: "Anna", role: "user", content: "And back at five." }]);
    await again.getByText("And back at five.").waitFor();
  }, 240_000);

  test("a moment of it is kept, and compared with now by the editor's own diff", async () => {
    const memory = await view();
    await memory.getByLabel("Keep This Moment").click();
    await window.notifications.containing("The memory of Dora").waitFor();
    tells([{ name: "Anna", role: "user", content: "What was the ferry called?" }]);
    await memory.getByText("What was the ferry called?").waitFor();
    await window.notifications.press("The memory of Dora", "Compare with Now");
    await window.page.locator('.tab.active[aria-label*="↔"]').waitFor();
    const inserted = window.page.locator(".monaco-diff-editor .editor.modified .view-line", {
      hasText: /was.the.ferry/,
    });
    const shownText = async () => (await inserted.allInnerTexts()).join("").replaceAll("\u00a0", " ");
    await until(async () => (await shownText()) !== "", { timeoutMs: 30_000, what: "what came after the moment" });
    expect(await shownText()).toContain("What was the ferry called?");
    await window.screenshot(screenshots, "memory-diff");
  });

  test("opens as a document that can be read and not written", async () => {
    await window.run("AgentScope: Open Agent Memory as Document");
    await window.quickInput.choose("Dora");
    await window.page.locator('.tab.active[aria-label^="Memory of Dora.md"]').waitFor();
    await window.page.locator(".view-line", { hasText: "# Memory of Dora" }).first().waitFor();
    await window.page.keyboard.type("x");
    const refused = window.page.locator(".monaco-editor-overlaymessage");
    await refused.waitFor();
    expect(await refused.innerText()).toContain("read-only");
  });
});
