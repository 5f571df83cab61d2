import { type AgentRow, listAgents, type QuestionRow } from "agentscope-distributed-daemon/protocol";
import {
  type Disposable,
  EventEmitter,
  ThemeIcon,
  TreeItem,
  type TreeDataProvider,
  type TreeView,
  window,
} from "vscode";
import { commandId, viewId } from "../contributions.js";
import type { DaemonClient } from "../daemon/daemonClient.js";
import type { DaemonState, StateChange } from "../daemon/daemonState.js";
import { Listeners } from "../daemon/listeners.js";
import type { Badge } from "./attention.js";
import { questionItem, runItem } from "./runItem.js";
import { agentItem } from "./serverItem.js";
import { TreeChanges } from "./treeChanges.js";

export interface RunNode {
  readonly kind: "run";
  readonly runId: string;
}
export interface QuestionNode {
  readonly kind: "question";
  readonly runId: string;
  readonly questionId: string;
}
type TreeNode =
  | RunNode
  | QuestionNode
  | { readonly kind: "agent"; readonly runId: string; readonly serverId: string; readonly row: AgentRow }
  | { readonly kind: "output"; readonly runId: string };

const shownAgents = 500;

/** Runs of scripts, the newest first, with their agents and their output. */
export class RunTree implements TreeDataProvider<TreeNode>, Disposable {
  private readonly looks = new EventEmitter<TreeNode[] | undefined>();
  readonly onDidChangeTreeData = this.looks.event;
  private readonly changes = new TreeChanges<TreeNode>((nodes) => this.looks.fire(nodes));
  /** Somebody looks at it. */
  readonly seen = new Listeners<void>();
  private readonly nodes = new Map<string, RunNode>();
  private readonly view: TreeView<TreeNode>;
  private readonly disposables: Disposable[];
  /** Runs with questions. */
  private asking = new Set<string>();
  /** While runs that go on are shown: their durations. */
  private clock: NodeJS.Timeout | undefined;

  constructor(
    private readonly client: DaemonClient,
    private readonly state: DaemonState,
  ) {
    this.view = window.createTreeView(viewId.runs, { treeDataProvider: this, showCollapseAll: true });
    this.disposables = [
      this.view,
      this.changes,
      this.looks,
      this.view.onDidChangeVisibility(() => this.setClock()),
      this.view.onDidChangeVisibility(({ visible }) => visible && this.seen.tell()),
      { dispose: state.changed.on((change) => this.take(change)) },
    ];
  }

  setBadge({ value, tooltip }: Badge): void {
    this.view.badge = value > 0 ? { value, tooltip } : undefined;
  }

  /** Whether a person sees it. */
  get isSeen(): boolean {
    return this.view.visible && window.state.focused;
  }

  getTreeItem(node: TreeNode): TreeItem {
    if (node.kind === "agent") return agentItem(node.row);
    if (node.kind === "output") return outputItem(node.runId);
    if (node.kind === "question") return this.questionItem(node);
    const run = this.state.runs.get(node.runId);
    if (!run) return new TreeItem(node.runId);
    return runItem(run, { nowMs: Date.now(), questions: this.questionsOf(node.runId).length });
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return node.kind === "run" ? undefined : this.nodes.get(node.runId);
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    if (!node) return this.runNodes();
    const run = this.state.runs.get(node.runId);
    if (node.kind !== "run" || !run) return [];
    const { runId } = run;
    const agents =
      run.agents > 0
        ? await this.client.request(listAgents, {
            runId,
            offset: 0,
            limit: shownAgents,
            states: run.state === "running",
          })
        : { rows: [] };
    const output = run.hasOutput ? [{ kind: "output", runId } as const] : [];
    const questions = this.questionsOf(runId).map(
      ({ questionId }) => ({ kind: "question", runId, questionId }) as const,
    );
    return [
      ...questions,
      ...output,
      ...agents.rows.map((row) => ({ kind: "agent", runId, serverId: row.serverId, row }) as const),
    ];
  }

  dispose(): void {
    clearInterval(this.clock);
    for (const disposable of this.disposables) disposable.dispose();
  }

  private runNodes(): RunNode[] {
    for (const runId of this.nodes.keys()) if (!this.state.runs.has(runId)) this.nodes.delete(runId);
    const runs = [...this.state.runs.values()].sort((a, b) => b.startedAtMs - a.startedAtMs);
    return runs.map(({ runId }) => {
      const node = this.nodes.get(runId) ?? { kind: "run", runId };
      this.nodes.set(runId, node);
      return node;
    });
  }

  private questionsOf(runId: string): QuestionRow[] {
    return this.state.questions.filter((question) => question.runId === runId);
  }

  private questionItem(node: QuestionNode): TreeItem {
    const question = this.state.questions.find(({ questionId }) => questionId === node.questionId);
    return question ? questionItem(question, node) : new TreeItem("");
  }

  private take(change: StateChange): void {
    const asking = new Set(this.state.questions.map(({ runId }) => runId));
    const changed = change.questions ? new Set([...change.runs, ...this.asking, ...asking]) : change.runs;
    this.asking = asking;
    if (change.all || change.runList) this.changes.add(undefined);
    else for (const runId of changed) this.refresh(runId);
    this.setClock();
  }

  private refresh(runId: string): void {
    const node = this.nodes.get(runId);
    if (node) this.changes.add(node);
  }

  private setClock(): void {
    const running = [...this.state.runs.values()].filter((run) => run.state === "running");
    const ticks = this.view.visible && running.length > 0;
    if (ticks === (this.clock !== undefined)) return;
    clearInterval(this.clock);
    this.clock = ticks ? setInterval(() => this.tick(), 1000) : undefined;
  }

  private tick(): void {
    for (const { runId, state } of this.state.runs.values()) if (state === "running") this.refresh(runId);
  }
}

function outputItem(runId: string): TreeItem {
  const item = new TreeItem("Output");
  item.iconPath = new ThemeIcon("output");
  item.command = { command: commandId.showRunOutput, title: "Show Output", arguments: [{ kind: "run", runId }] };
  return item;
}
