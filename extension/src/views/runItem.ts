import type { QuestionRow, RunRow } from "agentscope-distributed-daemon/protocol";
import { MarkdownString, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState } from "vscode";
import { commandId } from "../contributions.js";
import { shortened } from "../questions/questionWords.js";
import { count, runDescription, runName } from "./words.js";

export function runItem(run: RunRow, { nowMs, questions }: { nowMs: number; questions: number }): TreeItem {
  const hasChildren = run.agents > 0 || run.hasOutput || questions > 0;
  const item = new TreeItem(
    runName(run),
    hasChildren ? TreeItemCollapsibleState.Collapsed : TreeItemCollapsibleState.None,
  );
  item.id = `run ${run.runId}`;
  item.description = [...(questions > 0 ? [count(questions, "question")] : []), runDescription(run, nowMs)].join(" · ");
  item.iconPath = questions > 0 ? askingIcon() : runIcon(run.state);
  item.contextValue = ["run", run.state === "running" ? "running" : "ended", run.hasOutput ? "output" : ""].join(".");
  item.tooltip = runTooltip(run);
  return item;
}

/** @param node what the command of the row is given */
export function questionItem({ agent, prompt }: QuestionRow, node: unknown): TreeItem {
  const item = new TreeItem(`${agent} asks`);
  item.description = shortened(prompt);
  item.iconPath = askingIcon();
  item.contextValue = "question";
  item.tooltip = new MarkdownString().appendText(`${agent} asks: ${prompt}`);
  item.command = { command: commandId.answerQuestion, title: "Answer", arguments: [node] };
  return item;
}

function askingIcon(): ThemeIcon {
  return new ThemeIcon("comment-unresolved", new ThemeColor("list.warningForeground"));
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
