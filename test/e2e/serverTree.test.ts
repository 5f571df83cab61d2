import { fileURLToPath } from "node:url";
import {
  cloneAgent,
  deleteAgent,
  deleteAllAgents,
  listAgents,
  listServers,
} from "agentscope-distributed-daemon/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Editor as DaemonPeer } from "../daemon/editor.js";
import { StartedProcess } from "../processes/startedProcess.js";
import { until } from "../processes/until.js";
import { Editor } from "./editor/editor.js";
import { keepEvidence } from "./editor/evidence.js";
import { hasEditor } from "./editor/installedEditor.js";
import type { TreeView } from "./editor/treeView.js";
import type { Workbench } from "./editor/workbench.js";
import { Workspace } from "./workspace.js";

const screenshots = fileURLToPath(new URL("screenshots/", import.meta.url));

/** A row is to follow its event within 300 ms; on a machine that has other work to do, within this. */
const latestMs = 5_000;
const manyAgents = 100_000;

describe.runIf(hasEditor())("the rows of agent servers and agents", { timeout: 400_000 }, () => {
  let editor: Editor;
  let workspace: Workspace;
  let window: Workbench;
  let servers: TreeView;
  let daemon: DaemonPeer;
  const scripts: StartedProcess[] = [];

  beforeAll(async () => {
    editor = await Editor.start();
    workspace = await Workspace.copy("twoAgents");
    window = await editor.open(workspace.path);
    servers = window.view("Agent Servers");
    await window.showContainer("AgentScope");
    await servers.welcomeButton("Start Agent Server").click({ timeout: 90_000 });
    await servers.row(/cpu \d+% · \d+ MB · 0 agents/).waitFor({ timeout: 90_000 });
    const found = editor.profile.daemon();
    if (!found) throw new Error("there is no daemon");
    daemon = await DaemonPeer.connect(found);
  }, 400_000);

  afterAll(async () => {
    for (const script of scripts) await script[Symbol.asyncDispose]();
    await daemon?.[Symbol.asyncDispose]();
    await editor?.[Symbol.asyncDispose]();
    await workspace?.[Symbol.asyncDispose]();
  });

  keepEvidence(() => window && { editor, window });

  const server = () =>
    until(async () => (await daemon.ask(listServers, {})).find(({ state }) => state === "ready" || state === "busy"), {
      timeoutMs: 60_000,
      what: "an agent server",
    });

  /** Agents on the server, of a script that lives as long as the tests; gives when the first of them answered. */
  async function crowd(count: number): Promise<void> {
    const { host, port } = await server();
    const script = new StartedProcess(workspace.file("crowd.ts"), {
      nodeArgs: ["--import", "tsx"],
      args: [String(count)],
      cwd: workspace.path,
      env: {
        AGENTSCOPE_STATE_DIR: editor.profile.state,
        AGENTSCOPE_STUDIO_URL: editor.profile.daemon()?.url ?? "",
        AGENTSCOPE_TARGET: `${host}:${port}`,
      },
      input: "open",
    });
    scripts.push(script);
    await script.prints(`hello, says agent ${count - 1}`, 180_000);
  }

  /** How long after an event the first row says this, in milliseconds, by the clock that both have. */
  async function delayMs(words: RegExp, event: () => unknown): Promise<number> {
    const seen = servers.seenAt(words);
    // It looks before anything happens.
    await seen.looking;
    const fromMs = Date.now();
    await event();
    return (await seen.atMs) - fromMs;
  }

  test("follow what happens, an agent that is made or deleted and a server that is killed, at once", async () => {
    await crowd(1);
    await servers.row(/· 1 agent ·/).waitFor({ timeout: 60_000 });
    const { serverId } = await server();
    const agents = async () => (await daemon.ask(listAgents, { serverId, offset: 0, limit: 10 })).rows;
    const [first] = await agents();
    if (!first) throw new Error("there is no agent");
    const delays: number[] = [];
    for (let round = 0; round < 6; round++) {
      delays.push(await delayMs(/· 2 agents ·/, () => daemon.ask(cloneAgent, first)));
      const clone = (await agents()).find(({ agentId }) => agentId !== first.agentId);
      if (!clone) throw new Error("there is no clone");
      delays.push(await delayMs(/· 1 agent ·/, () => daemon.ask(deleteAgent, clone)));
    }
    const { pid } = await server();
    if (pid === undefined) throw new Error("the server has no process");
    const killed = await delayMs(/starting|unreachable|crashed/, () => process.kill(pid, "SIGKILL"));
    console.log(`rows follow agents within ${delays.join(", ")} ms, the end of a server within ${killed} ms`);
    expect(median(delays)).toBeLessThan(latestMs);
    expect(killed).toBeLessThan(latestMs);
  });

  test("are drawn anew while they change all the time", async () => {
    await crowd(1);
    const { serverId } = await server();
    // Those of the process before are lost, and in the list.
    const living = async () =>
      (await daemon.ask(listAgents, { serverId, offset: 0, limit: 1 })).rows.find(({ lost }) => !lost);
    const first = await until(living, { timeoutMs: 60_000, what: "an agent that lives" });
    const seen = new AbortController();
    const cloning = (async () => {
      while (!seen.signal.aborted) await daemon.ask(cloneAgent, first);
    })();
    const grown = servers.row(/· \d{2,} agents ·/);
    await grown.waitFor({ timeout: 60_000 }).finally(() => seen.abort());
    await cloning;
    expect(await servers.row(/agents ·/).count()).toBe(1);
    await daemon.ask(deleteAllAgents, { serverId });
    await servers.row(/· 0 agents ·/).waitFor({ timeout: 60_000 });
  });

  test(`of a server with ${manyAgents.toLocaleString("en-US")} agents come in pages, and one of them is found`, async () => {
    await daemon.ask(deleteAllAgents, { serverId: (await server()).serverId });
    await crowd(manyAgents);
    const row = servers.row(/· 100,000 agents ·/);
    await row.waitFor({ timeout: 60_000 });
    const agent = servers.row(/^agent \d+\s*Greeter/).first();
    const tookMs: Record<string, number> = {};
    const step = async (what: string, deed: () => Promise<void>) => {
      const fromMs = Date.now();
      await deed();
      tookMs[what] = Date.now() - fromMs;
    };
    await step("open", async () => {
      await servers.expand(row);
      await agent.waitFor();
    });
    await step("to the end of the page", async () => {
      await agent.click();
      await window.page.keyboard.press("End");
      await servers.row(/^Show more of 99,800 more agents/).waitFor();
    });
    await step("one of all by its name", async () => {
      await window.run("AgentScope: Filter Agents…");
      await window.quickInput.answer("agent 77777");
      await servers.row(/^agent 77777\s*Greeter/).waitFor();
    });
    expect(await servers.row(/Greeter/).count()).toBe(1);
    await step("all again", async () => {
      await window.run("AgentScope: Show All Agents");
      await until(async () => (await servers.row(/Greeter/).count()) > 1, { timeoutMs: 60_000, what: "all agents" });
    });
    console.log(`of ${manyAgents} agents: ${JSON.stringify(tookMs)} ms`);
    await window.screenshot(screenshots, "many-agents");
  });
});

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
