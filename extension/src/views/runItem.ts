import type { AgentRow, RunRow } from "agentscope-distributed-daemon/protocol";
import { MarkdownString, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState } from "vscode";
import { agentItem } from "./serverItem.js";
import { count, runDescription, runName } from "./words.js";

export function runItem(run: RunRow, nowMs: number): TreeItem {
  const hasChildren = run.agents > 0 || run.hasOutput;
  const item = new TreeItem(
    runName(run),
    hasChildren ? TreeItemCollapsibleState.Collapsed : TreeItemCollapsibleState.None,
  );
  item.id = `run ${run.runId}`;
  item.description = runDescription(run, nowMs);
  item.iconPath = runIcon(run.state);
  item.contextValue = ["run", run.state === "running" ? "running" : "ended", run.hasOutput ? "output" : ""].join(".");
  item.tooltip = runTooltip(run);
  return item;
}

export function runAgentItem(row: AgentRow, runId: string): TreeItem {
  const item = agentItem(row);
  item.id = `run ${runId} ${item.id}`;
  return item;
}

function runIcon(state: RunRow["state"]): ThemeIcon {
  switch (state) {
    case "running":
      return new ThemeIcon("loading~spin", new ThemeColor("charts.blue"));
    case "succeeded":
      return new ThemeIcon("pass", new ThemeColor("charts.green"));
    case "failed":
      return new ThemeIcon("error", new ThemeColor("list.errorForeground"));
    case "stopped":
      return new ThemeIcon("debug-stop");
    case "lost":
      return new ThemeIcon("question", new ThemeColor("list.warningForeground"));
  }
}

function runTooltip(run: RunRow): MarkdownString {
  const facts: [string, string | undefined][] = [
    ["State", run.state],
    ["", run.error],
    ["Script", [run.script, ...run.args].join(" ")],
    ["Folder", run.cwd],
    ["Target", run.target],
    ["Began", new Date(run.startedAtMs).toLocaleString()],
    ["Exit code", run.exitCode?.toString()],
    ["Open", run.openCalls > 0 ? count(run.openCalls, "message") : undefined],
  ];
  const tooltip = new MarkdownString().appendMarkdown("**").appendText(runName(run)).appendMarkdown("**");
  for (const [name, value] of facts) {
    if (value) tooltip.appendMarkdown("\n\n").appendText(name === "" ? value : `${name}: ${value}`);
  }
  return tooltip;
}
