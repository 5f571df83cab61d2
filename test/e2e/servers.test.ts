import { fileURLToPath } from "node:url";
import {
  deleteAgent,
  deleteAllAgents,
  forgetServer,
  listAgents,
  listRuns,
  listServers,
  type ServerRow,
  stopServer,
} from "agentscope-distributed-daemon/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Editor as DaemonPeer } from "../daemon/editor.js";
import { isAlive } from "../processes/processTable.js";
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

describe.runIf(hasEditor())("agent servers, from the first one on", () => {
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
  });

  afterAll(async () => {
    await script?.[Symbol.asyncDispose]();
    await editor?.[Symbol.asyncDispose]();
    await workspace?.[Symbol.asyncDispose]();
  });

  keepEvidence(() => window && { editor, window });

  const daemon = () => {
    const found = editor.profile.daemon();
    if (!found) throw new Error("there is no daemon");
    return found;
  };
  /** What the daemon itself says. */
  const rows = async () => {
    await using peer = await DaemonPeer.connect(daemon());
    return await peer.ask(listServers, {});
  };

  // A test that is run again finds what it found the first time.
  /** Takes all servers from the list. */
  async function endServers(): Promise<void> {
    const found = await until(() => editor.profile.daemon(), { timeoutMs: 90_000, what: "the daemon" });
    await using peer = await DaemonPeer.connect(found);
    for (const { serverId } of await peer.ask(listServers, {})) {
      // One that has ended can't be stopped, and one that was stopped may be gone by itself.
      await peer.ask(stopServer, { serverId }).catch(() => {});
      await peer.ask(forgetServer, { serverId }).catch(() => {});
    }
  }
  async function endScript(): Promise<void> {
    await script?.[Symbol.asyncDispose]();
    await using peer = await DaemonPeer.connect(daemon());
    for (const { serverId } of await peer.ask(listServers, {})) await peer.ask(deleteAllAgents, { serverId });
  }
  async function keepFirstNamed(name: string): Promise<void> {
    await using peer = await DaemonPeer.connect(daemon());
    const { rows: agents } = await peer.ask(listAgents, { offset: 0, limit: 100 });
    for (const agent of agents.filter((row) => row.name === name).slice(1)) await peer.ask(deleteAgent, agent);
  }

  test("the button of the empty view starts an agent server, which is in the tree with what it uses", async () => {
    await endServers();
    await servers.welcomeButton("Start Agent Server").click();
    const row = servers.row(/127\.0\.0\.1:\d+/);
    await row.waitFor({ timeout: 60_000 });
    await servers.row(/cpu \d+% · \d+ MB · 0 agents · managed/).waitFor({ timeout: 30_000 });
    expect(await servers.rows.count()).toBe(1);
    expect(await row.getAttribute("aria-label")).toMatch(/^Agent server 127\.0\.0\.1:\d+, ready, cpu/);
    await window.statusBarItem("servers").element.filter({ hasText: "1 server · 0 agents" }).waitFor();
  });

  test("a script that puts its agents where the daemon says shows them there, and as a run", async () => {
    await endScript();
    const { url } = daemon();
    script = new StartedProcess(workspace.file("main.ts"), {
      nodeArgs: ["--import", "tsx"],
      args: ["--stay"],
      cwd: workspace.path,
      env: { AGENTSCOPE_STATE_DIR: editor.profile.state, AGENTSCOPE_STUDIO_URL: url, AGENTSCOPE_TARGET: "studio" },
      input: "open",
    });
    await script.prints("hello, says A, says B", 60_000);
    await until(async () => (await window.statusBarItem("servers").text()).endsWith("· 2 agents"), {
      timeoutMs: 10_000,
      what: "two agents in the status bar",
    });
    await servers.expandUntil(servers.row(/^A\s*Greeter · idle/));
    await servers.expandUntil(servers.row(/^B\s*Greeter · idle/));
    const run = window.view("Runs").row(/^main\.ts.*2 agents · 2 messages/);
    await run.first().waitFor();
    await using peer = await DaemonPeer.connect(daemon());
    const { rows: runs } = await peer.ask(listRuns, { offset: 0, limit: 100 });
    expect(await run.count()).toBe(runs.length);
    await inEachTheme(window, screenshots, "servers");
  });

  test("an agent is cloned and deleted from its row", async () => {
    await keepFirstNamed("A");
    const rowsOfA = servers.row(/^A\s*Greeter/);
    await until(async () => (await rowsOfA.count()) === 1, { timeoutMs: 30_000, what: "one A" });
    await servers.chooseFromMenu(rowsOfA.first(), "Clone Agent", async () => (await rowsOfA.count()) === 2);
    await servers.act(rowsOfA.first(), "Delete Agent", () => window.notifications.dialog.isVisible());
    expect(await window.notifications.dialog.innerText()).toContain("Delete the agent A?");
    await window.notifications.answerDialog("Delete");
    await until(async () => (await rowsOfA.count()) === 1, { timeoutMs: 30_000, what: "one A" });
  });

  test("a filter shows some of the agents, and is taken back", async () => {
    await window.run("AgentScope: Filter Agents…");
    await window.quickInput.answer("B");
    await until(async () => (await servers.row(/Greeter/).count()) === 1, { timeoutMs: 10_000, what: "one agent" });
    expect(await servers.row(/Greeter/).innerText()).toMatch(/^B/);
    await window.run("AgentScope: Show All Agents");
    await until(async () => (await servers.row(/Greeter/).count()) === 2, { timeoutMs: 10_000, what: "two agents" });
  });

  test("the class of an agent opens at its declaration", async () => {
    const tab = window.page.locator('.tab.active[aria-label^="greeter.ts"]');
    await servers.act(servers.row(/^B\s*Greeter/), "Open Class of Agent", () => tab.isVisible());
    const line = window.page.locator(".view-line", { hasText: "class Greeter" });
    await line.waitFor();
    expect(await line.count()).toBe(1);
  });

  test("a server that is killed is seen, and started again", async () => {
    const [row] = await rows();
    if (row?.pid === undefined) throw new Error("no server has a process");
    const { pid, serverId, restarts } = row;
    process.kill(pid, "SIGKILL");
    const again = await until(
      async () => (await rows()).find((one) => one.serverId === serverId && one.state === "ready" && one.pid !== pid),
      { timeoutMs: 30_000, what: "another process of the server" },
    );
    expect(again.restarts).toBe(restarts + 1);
    await until(async () => (await servers.row(/cpu \d+% · .* · managed/).count()) === (await rows()).length, {
      timeoutMs: 10_000,
      what: "all servers ready in the tree",
    });
  });

  test("a daemon that is killed is started again by the window, and finds its servers", async () => {
    const before = daemon();
    const managed = (list: ServerRow[]) =>
      list.flatMap(({ kind, serverId }) => (kind === "managed" ? serverId : [])).sort();
    const servedBefore = managed(await rows());
    process.kill(before.pid, "SIGKILL");
    const after = await until(
      () => {
        const found = editor.profile.daemon();
        return found && found.pid !== before.pid && isAlive(found.pid) ? found : undefined;
      },
      { timeoutMs: 30_000, what: "another daemon" },
    );
    expect(after.pid).not.toBe(before.pid);
    await servers.message.filter({ hasText: "The daemon had ended and was started again at" }).waitFor();
    await until(async () => managed(await rows()).length === servedBefore.length, {
      timeoutMs: 10_000,
      what: "the servers of before",
    });
    expect(managed(await rows())).toEqual(servedBefore);
    await servers
      .row(/cpu \d+% · \d+ MB · .* · managed/)
      .first()
      .waitFor();
    await window.screenshot(screenshots, "daemon-restarted");
  });

  test("while the daemon is frozen a command says so within its limit, and the editor goes on", async () => {
    const { pid } = daemon();
    process.kill(pid, "SIGSTOP");
    try {
      await window.run("AgentScope: Open Studio in Browser");
      const told = window.notifications.containing(
        /The daemon \(process \d+\) did not answer pages\/open within 10 s\./,
      );
      await told.waitFor({ timeout: 20_000 });
      expect(await window.statusBarItem("servers").text()).toBe("AgentScope: daemon does not answer");
      await window.run("View: Toggle Panel Visibility");
      await window.screenshot(screenshots, "daemon-frozen");
    } finally {
      process.kill(pid, "SIGCONT");
    }
    await until(async () => (await window.statusBarItem("servers").text()).includes("servers"), {
      timeoutMs: 20_000,
      what: "the counts in the status bar",
    });
  });

  test("a script is run from its editor, local, with what it writes in a terminal", async () => {
    await window.openFile("main.ts");
    await window.showContainer("AgentScope");
    await window.run("AgentScope: Run Orchestration Script");
    await window.terminal.prints("hello, says A, says B");
    await window.terminal.prints("main.ts has succeeded");
    await using peer = await DaemonPeer.connect(daemon());
    const [run] = (await peer.ask(listRuns, { offset: 0, limit: 1 })).rows;
    expect(run).toMatchObject({ name: "main.ts", state: "succeeded", target: "local", hasOutput: true });
    await window.screenshot(screenshots, "run");
  });

  test("all servers are stopped at once, after a question", async () => {
    await window.run("AgentScope: Stop All Agent Servers");
    expect(await window.notifications.dialog.innerText()).toMatch(/Stop \d+ agent servers?\?/);
    await window.notifications.answerDialog("Stop All");
    await until(async () => (await window.statusBarItem("servers").text()).startsWith("0 servers"), {
      timeoutMs: 60_000,
      what: "no servers",
    });
  });
});
