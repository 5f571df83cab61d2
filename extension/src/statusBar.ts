import { type Disposable, StatusBarAlignment, type StatusBarItem, ThemeColor, window } from "vscode";
import { commandId, innerCommandId } from "./contributions.js";
import type { ClientState } from "./daemon/daemonClient.js";
import type { DaemonState } from "./daemon/daemonState.js";
import { isAlive } from "./views/serverItem.js";
import { count } from "./views/words.js";

/** How many servers and agents there are, at a glance; red when the daemon is down. */
export class StatusBar implements Disposable {
  private readonly item: StatusBarItem;
  private readonly questions: StatusBarItem;

  constructor(private readonly state: DaemonState) {
    this.item = window.createStatusBarItem("servers", StatusBarAlignment.Left);
    this.item.name = "AgentScope";
    this.item.command = innerCommandId.showServers;
    this.questions = window.createStatusBarItem("questions", StatusBarAlignment.Left);
    this.questions.name = "AgentScope Questions";
    this.questions.command = commandId.answerQuestion;
    this.questions.backgroundColor = new ThemeColor("statusBarItem.warningBackground");
  }

  show(client: ClientState): void {
    this.item.backgroundColor = undefined;
    this.item.command = innerCommandId.showServers;
    switch (client.kind) {
      case "closed":
        this.item.hide();
        return;
      case "connecting":
        this.say("$(loading~spin) AgentScope", "AgentScope: looking for the daemon");
        break;
      case "down":
        this.item.backgroundColor = new ThemeColor("statusBarItem.errorBackground");
        this.item.command = commandId.restartDaemon;
        this.say("$(error) AgentScope: daemon down", `${client.failure.message}\nClick to start it.`);
        break;
      case "connected":
        if (client.silent) this.showSilence();
        else this.showCounts();
    }
    this.item.show();
    this.showQuestions();
  }

  dispose(): void {
    this.questions.dispose();
    this.item.dispose();
  }

  private showQuestions(): void {
    const open = this.state.questions.length;
    if (open === 0) return this.questions.hide();
    this.questions.text = `$(comment-unresolved) ${count(open, "question")}`;
    this.questions.tooltip = "Agents wait for your answer. Click to give it.";
    this.questions.accessibilityInformation = { label: `${count(open, "question")} of agents. Click to answer.` };
    this.questions.show();
  }

  private showSilence(): void {
    this.item.backgroundColor = new ThemeColor("statusBarItem.errorBackground");
    this.item.command = commandId.restartDaemon;
    this.say("$(error) AgentScope: daemon does not answer", "Click to restart it.");
  }

  private showCounts(): void {
    const alive = [...this.state.servers.values()].filter(isAlive);
    const servers = count(alive.length, "server");
    const agents = count(
      alive.reduce((sum, row) => sum + row.agents, 0),
      "agent",
    );
    this.say(`$(server) ${servers} · ${agents}`, `AgentScope: ${servers}, ${agents}. Click to show them.`);
  }

  private say(text: string, tooltip: string): void {
    this.item.text = text;
    this.item.tooltip = tooltip;
    this.item.accessibilityInformation = { label: tooltip };
  }
}
