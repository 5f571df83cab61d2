import type { AgentRow, ServerRow } from "agentscope-distributed-daemon/protocol";
import { MarkdownString, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState } from "vscode";
import { agentDescription, count, serverDescription, serverName } from "./words.js";

/** `viewItem` in when-clauses: what can be done with a row. */
export function serverItem(row: ServerRow): TreeItem {
  const item = new TreeItem(
    serverName(row),
    row.agents > 0 ? TreeItemCollapsibleState.Collapsed : TreeItemCollapsibleState.None,
  );
  item.id = `server ${row.serverId}`;
  item.description = serverDescription(row);
  item.iconPath = serverIcon(row.state);
  item.contextValue = ["server", row.kind, isAlive(row) ? "alive" : "dead"].join(".");
  item.tooltip = serverTooltip(row);
  item.accessibilityInformation = { label: `Agent server ${serverName(row)}, ${row.state}, ${serverDescription(row)}` };
  return item;
}

/**
 * Without an id, as all that is below another row: VS Code may ask for such rows again before it has them, and refuses an id that it was
 * given by both answers.
 */
export function agentItem(row: AgentRow): TreeItem {
  const item = new TreeItem(row.name, TreeItemCollapsibleState.None);
  item.description = agentDescription(row);
  item.iconPath = agentIcon(row);
  item.contextValue = ["agent", row.lost ? "lost" : "there"].join(".");
  item.tooltip = agentTooltip(row);
  return item;
}

export function isAlive({ state }: ServerRow): boolean {
  return state === "starting" || state === "ready" || state === "busy";
}

function serverIcon(state: ServerRow["state"]): ThemeIcon {
  switch (state) {
    case "starting":
      return new ThemeIcon("loading~spin");
    case "ready":
      return new ThemeIcon("server", new ThemeColor("charts.green"));
    case "busy":
      return new ThemeIcon("server", new ThemeColor("charts.blue"));
    case "unreachable":
      return new ThemeIcon("debug-disconnect", new ThemeColor("list.warningForeground"));
    case "crashed":
      return new ThemeIcon("error", new ThemeColor("list.errorForeground"));
    case "stopped":
      return new ThemeIcon("circle-slash", new ThemeColor("disabledForeground"));
  }
}

function agentIcon({ lost, state }: AgentRow): ThemeIcon {
  if (lost) return new ThemeIcon("circle-slash", new ThemeColor("disabledForeground"));
  switch (state?.state) {
    case "creating":
      return new ThemeIcon("loading~spin");
    case "running":
      return new ThemeIcon("play-circle", new ThemeColor("charts.blue"));
    case "waiting":
      return new ThemeIcon("watch", new ThemeColor("charts.yellow"));
    case "failed":
      return new ThemeIcon("error", new ThemeColor("list.errorForeground"));
    case "idle":
      return new ThemeIcon("hubot", new ThemeColor("charts.green"));
    default:
      return new ThemeIcon("hubot");
  }
}

function serverTooltip(row: ServerRow): MarkdownString {
  const facts: [string, string | undefined][] = [
    ["State", `${row.state} since ${new Date(row.stateSinceMs).toLocaleTimeString()}`],
    ["", row.detail],
    ["Kind", row.kind],
    ["Id", row.serverId],
    ["Process", row.pid?.toString()],
    ["Software", row.software],
    ["Folder", row.cwd],
    ["Agents", row.agents.toLocaleString("en-US")],
    ["Access", row.access],
    ["Restarts", row.restarts > 0 ? count(row.restarts, "restart") : undefined],
    ["Classes", row.classes?.join(", ")],
  ];
  return table(serverName(row), facts);
}

function agentTooltip({ name, className, agentId, state }: AgentRow): MarkdownString {
  const running = state?.runningSinceMs ? new Date(state.runningSinceMs).toLocaleTimeString() : undefined;
  return table(name, [
    ["Class", className],
    ["Id", agentId],
    ["State", state?.state],
    ["Its turn began", running],
    ["Waits for", state?.waitingFor?.join(", ")],
    ["Queue", state ? String(state.queueLength) : undefined],
    ["Module", state?.module],
    ["", state?.error],
  ]);
}

/** Texts that come from elsewhere are appended as text: none of them becomes a link or an image. */
function table(title: string, facts: readonly (readonly [string, string | undefined])[]): MarkdownString {
  const tooltip = new MarkdownString().appendMarkdown("**").appendText(title).appendMarkdown("**");
  for (const [name, value] of facts) {
    if (!value) continue;
    tooltip.appendMarkdown("\n\n").appendText(name === "" ? value : `${name}: ${value}`);
  }
  return tooltip;
}
