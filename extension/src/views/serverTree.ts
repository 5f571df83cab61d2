import type { AgentRow } from "agentscope-distributed-daemon/protocol";
import {
  type Disposable,
  EventEmitter,
  ThemeIcon,
  TreeItem,
  type TreeDataProvider,
  type TreeView,
  window,
} from "vscode";
import { innerCommandId, viewId } from "../contributions.js";
import { AgentWindow } from "../daemon/agentWindow.js";
import type { DaemonClient } from "../daemon/daemonClient.js";
import type { DaemonState, StateChange } from "../daemon/daemonState.js";
import type { Badge } from "./attention.js";
import { agentItem, isAlive, serverItem } from "./serverItem.js";
import { TreeChanges } from "./treeChanges.js";
import { count } from "./words.js";

export interface ServerNode {
  readonly kind: "server";
  readonly serverId: string;
}
export interface AgentNode {
  readonly kind: "agent";
  readonly serverId: string;
  readonly agentId: string;
  row: AgentRow;
}
export interface MoreNode {
  readonly kind: "more";
  readonly serverId: string;
}
type TreeNode = ServerNode | AgentNode | MoreNode;

/** One server whose agents are shown. */
interface Branch {
  window: AgentWindow;
  agents: Map<string, AgentNode>;
  more: MoreNode;
}

/** Servers and their agents, live. Agents are asked for only where a person looks at them. */
export class ServerTree implements TreeDataProvider<TreeNode>, Disposable {
  private readonly looks = new EventEmitter<TreeNode[] | undefined>();
  readonly onDidChangeTreeData = this.looks.event;
  private readonly changes = new TreeChanges<TreeNode>((nodes) => this.looks.fire(nodes));
  private readonly nodes = new Map<string, ServerNode>();
  private readonly branches = new Map<string, Branch>();
  private readonly view: TreeView<TreeNode>;
  private readonly disposables: Disposable[];
  private agentFilter = "";
  /** While the tree is seen: what servers use, each second. */
  private stopSamples: (() => void) | undefined;

  constructor(
    private readonly client: DaemonClient,
    private readonly state: DaemonState,
  ) {
    this.view = window.createTreeView(viewId.servers, { treeDataProvider: this, showCollapseAll: true });
    this.disposables = [
      this.view,
      this.changes,
      this.looks,
      this.view.onDidCollapseElement(({ element }) => this.closeBranch(element.serverId)),
      this.view.onDidChangeVisibility(({ visible }) => this.setVisible(visible)),
      { dispose: state.changed.on((change) => this.take(change)) },
    ];
    if (this.view.visible) this.setVisible(true);
  }

  get filter(): string {
    return this.agentFilter;
  }

  /** Shows agents with this text in their name, class or id alone; empty: all. */
  setFilter(filter: string): void {
    this.agentFilter = filter;
    this.view.description = filter === "" ? "" : `agents with “${filter}”`;
    this.closeAll();
    this.changes.add(undefined);
  }

  showMore(serverId: string): void {
    this.branches.get(serverId)?.window.grow();
  }

  /** The node of a server that is shown. */
  node(serverId: string): ServerNode | undefined {
    return this.nodes.get(serverId);
  }

  async reveal(serverId: string, { expand = false }: { expand?: boolean } = {}): Promise<void> {
    const node = this.nodes.get(serverId);
    if (node) await this.view.reveal(node, { select: !expand, focus: false, expand });
  }

  setMessage(message: string): void {
    this.view.message = message;
  }

  setBadge({ value, tooltip }: Badge): void {
    this.view.badge = value > 0 ? { value, tooltip } : undefined;
  }

  getTreeItem(node: TreeNode): TreeItem {
    if (node.kind === "agent") return agentItem(node.row);
    if (node.kind === "more") return this.moreItem(node);
    const row = this.state.servers.get(node.serverId);
    return row ? serverItem(row) : new TreeItem(node.serverId);
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return node.kind === "server" ? undefined : this.nodes.get(node.serverId);
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    if (!node) return this.serverNodes();
    if (node.kind !== "server" || !this.state.servers.has(node.serverId)) return [];
    const branch = this.branches.get(node.serverId) ?? this.openBranch(node);
    await branch.window.loaded;
    return this.agentNodes(branch, node.serverId);
  }

  dispose(): void {
    this.stopSamples?.();
    this.closeAll();
    for (const disposable of this.disposables) disposable.dispose();
  }

  private serverNodes(): ServerNode[] {
    for (const serverId of this.nodes.keys()) if (!this.state.servers.has(serverId)) this.forget(serverId);
    const rows = [...this.state.servers.values()];
    // Those that are there first, each group in the order in which they came.
    const ordered = [...rows.filter(isAlive), ...rows.filter((row) => !isAlive(row))];
    return ordered.map(({ serverId }) => {
      const node = this.nodes.get(serverId) ?? { kind: "server", serverId };
      this.nodes.set(serverId, node);
      return node;
    });
  }

  private agentNodes(branch: Branch, serverId: string): TreeNode[] {
    const before = new Map(branch.agents);
    branch.agents.clear();
    for (const row of branch.window.rows) {
      const node = before.get(row.agentId) ?? { kind: "agent", serverId, agentId: row.agentId, row };
      node.row = row;
      branch.agents.set(row.agentId, node);
    }
    return branch.window.hasMore ? [...branch.agents.values(), branch.more] : [...branch.agents.values()];
  }

  private openBranch(node: ServerNode): Branch {
    const { serverId } = node;
    const filter = this.agentFilter === "" ? {} : { filter: this.agentFilter };
    const branch: Branch = {
      window: new AgentWindow(this.client, { serverId, ...filter }),
      agents: new Map(),
      more: { kind: "more", serverId },
    };
    this.branches.set(serverId, branch);
    branch.window.changed.on((change) => {
      if (change.kind === "list") {
        this.changes.add(node);
        return;
      }
      const rows = new Map(branch.window.rows.map((row) => [row.agentId, row]));
      for (const agentId of change.agentIds) {
        const agent = branch.agents.get(agentId);
        const row = rows.get(agentId);
        if (!agent || !row) continue;
        agent.row = row;
        this.changes.add(agent);
      }
    });
    return branch;
  }

  private moreItem({ serverId }: MoreNode): TreeItem {
    const agents = this.branches.get(serverId)?.window;
    const rest = agents ? agents.total - agents.rows.length : 0;
    const item = new TreeItem(`Show more of ${count(rest, "more agent")}`);
    item.iconPath = new ThemeIcon("ellipsis");
    item.command = { command: innerCommandId.showMoreAgents, title: "Show More Agents", arguments: [serverId] };
    return item;
  }

  private take(change: StateChange): void {
    if (change.all || change.serverList) {
      this.changes.add(undefined);
      return;
    }
    for (const serverId of change.servers) {
      const node = this.nodes.get(serverId);
      if (node) this.changes.add(node);
    }
  }

  /**
   * A hidden tree costs nothing. When it is seen again its rows are not asked for anew, but follow from then on: VS Code collapses those
   * whose children it has not got yet when it is told to look at everything.
   */
  private setVisible(visible: boolean): void {
    this.stopSamples?.();
    this.stopSamples = undefined;
    for (const { window: agents } of this.branches.values()) {
      if (visible) agents.resume();
      else agents.pause();
    }
    if (!visible) return;
    this.stopSamples = this.client.watch({ topic: "resources", sinceMs: Date.now() }, (event) =>
      this.state.take(event),
    );
  }

  private forget(serverId: string): void {
    this.nodes.delete(serverId);
    this.closeBranch(serverId);
  }

  private closeAll(): void {
    for (const serverId of [...this.branches.keys()]) this.closeBranch(serverId);
  }

  private closeBranch(serverId: string): void {
    this.branches.get(serverId)?.window.close();
    this.branches.delete(serverId);
  }
}
