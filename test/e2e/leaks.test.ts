import { daemonStatus, listAgents, startRun, startServer } from "agentscope-distributed-daemon/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Editor as DaemonPeer } from "../daemon/editor.js";
import { endRuns } from "../daemon/endRuns.js";
import { TemporaryFolder } from "../processes/temporaryFolder.js";
import { until } from "../processes/until.js";
import { Editor } from "./editor/editor.js";
import { keepEvidence } from "./editor/evidence.js";
import { hasEditor } from "./editor/installedEditor.js";
import { type HostUse, Probe } from "./editor/probe.js";
import { withExtension } from "./editor/withExtension.js";
import type { Workbench } from "./editor/workbench.js";
import { Workspace } from "./workspace.js";

const rounds = 100;
const measuredEvery = 10;
/** By how much the heap may differ between the halves, some 2.5 MB: a view that stays takes more than that fifty times. */
const mostGrowth = 1.05;
/** Timers and sockets of the editor's own come and go. */
const otherResources = 5;

/** How many subscriptions the window has. */
const followed = (() => {
  const window = 1;
  /** A channel follows its run until the window is closed. */
  const output = 1;
  const sideBar = ["what servers use", "the agents of the open row"].length;
  const memory = ["the messages", "what the agent does"].length;
  const resources = ["the servers", "what they use"].length;
  const whileClosed = window + output;
  const withMemory = whileClosed + sideBar + memory;
  return { whileClosed, withMemory, whileOpen: withMemory + resources };
})();

describe.runIf(hasEditor())("every view, opened and closed a hundred times", { timeout: 1_500_000 }, () => {
  let folder: TemporaryFolder;
  let editor: Editor;
  let workspace: Workspace;
  let window: Workbench;
  let probe: Probe;
  let daemon: DaemonPeer;

  // For each attempt anew: what a failed one has left open would count in the next one.
  beforeEach(async () => {
    folder = await TemporaryFolder.make();
    editor = await Editor.start({}, { extensions: await withExtension("probe", folder) });
    workspace = await Workspace.copy("twoAgents");
    window = await editor.open(workspace.path);
    // What is drawn costs the most time.
    await window.page.setViewportSize({ width: 800, height: 500 });
    await window.showContainer("AgentScope");
    const found = await until(() => editor.profile.daemon(), { timeoutMs: 90_000, what: "the daemon" });
    daemon = await DaemonPeer.connect(found);
    probe = await Probe.find(editor.profile);
  }, 400_000);

  afterEach(async () => {
    // Runs go on without their daemon.
    await (daemon && endRuns(daemon));
    await daemon?.[Symbol.asyncDispose]();
    await editor?.[Symbol.asyncDispose]();
    await workspace?.[Symbol.asyncDispose]();
    await folder?.[Symbol.asyncDispose]();
  });

  keepEvidence(() => window && { editor, window });

  const watched = async () => (await daemon.ask(daemonStatus, {})).subscriptions;
  const untilWatched = (count: number, what: string) =>
    until(async () => (await watched()) === count, {
      timeoutMs: 60_000,
      what: `${count} subscriptions, ${what}`,
    }).catch(async (cause: unknown) => {
      throw new Error(`${cause instanceof Error ? cause.message : String(cause)}; ${await whatIsThere()}`, { cause });
    });

  /** What a wrong number of subscriptions is told with: each view follows something as long as it is seen. */
  async function whatIsThere(): Promise<string> {
    const rows = await window.view("Agent Servers").rows.allInnerTexts();
    const groups = (await probe.tabGroups()).map(
      ({ isActive, tabs }) => `${isActive ? "in front" : "beside it"} ${JSON.stringify(tabs)}`,
    );
    return `there are ${await watched()}, the rows ${JSON.stringify(rows)} and the editors ${groups.join(", ")}`;
  }

  /** A server with two agents of a run that stays. */
  async function liveAgents(): Promise<{ runId: string; serverId: string; agentId: string; name: string }> {
    const server = await daemon.ask(startServer, { cwd: workspace.path });
    const target = `${server.host}:${server.port}`;
    const { runId } = await daemon.ask(startRun, { script: workspace.file("stay.ts"), cwd: workspace.path, target });
    const page = { serverId: server.serverId, offset: 0, limit: 10 };
    const [agent] = await until(
      async () => {
        const { rows } = await daemon.ask(listAgents, page);
        return rows.length === 2 && rows;
      },
      { timeoutMs: 90_000, what: "the agents" },
    );
    if (!agent) throw new Error("there is no agent");
    return { runId, ...agent };
  }

  test("leaves the daemon's subscriptions and the extension host's memory as they were", async () => {
    const { runId, serverId, agentId, name } = await liveAgents();
    const agent = { serverId, agentId, name };
    const tree = window.view("Agent Servers");
    await tree.expandUntil(tree.row(/^A\s*Greeter/));

    const open = async () => {
      await probe.run("workbench.view.extension.agentscope");
      await probe.run("agentscope.showRunOutput", { kind: "run", runId });
      await probe.run("agentscope.showMemory", agent);
      // A panel is there a moment after it was opened, and takes its group to the front: one after the other.
      await untilWatched(followed.withMemory, "with the memory open");
      // Beside it: a view that is hidden by another one has no page.
      await probe.run("workbench.action.newGroupRight");
      await probe.run("agentscope.showResources");
      await untilWatched(followed.whileOpen, "with all views open");
    };
    const close = async () => {
      await probe.closeEditors();
      await probe.run("workbench.action.closePanel");
      await probe.run("workbench.view.explorer");
      await untilWatched(followed.whileClosed, "with all views closed");
    };
    const uses: HostUse[] = [];
    for (let round = 1; round <= rounds; round++) {
      await open();
      await close();
      if (round % measuredEvery === 0) uses.push(await probe.measure());
    }
    const half = uses.length / 2;
    const [first, second] = [uses.slice(0, half), uses.slice(half)];
    const heaps = uses.map(({ heapBytes }) => `${(heapBytes / 1e6).toFixed(1)} MB`).join(", ");
    console.log(`the extension host's heap, every ${measuredEvery} times: ${heaps}`);
    expect(mean(second.map(({ heapBytes }) => heapBytes))).toBeLessThan(
      mean(first.map(({ heapBytes }) => heapBytes)) * mostGrowth,
    );
    const most = (part: HostUse[]) => Math.max(...part.map(({ resources }) => resources));
    expect(most(second)).toBeLessThanOrEqual(most(first) + otherResources);
  });
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
