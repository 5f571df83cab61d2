import type { ServerRow } from "agentscope-distributed-daemon/protocol";
import {
  CancellationError,
  type Disposable,
  type QuickPickItem,
  QuickPickItemKind,
  StatusBarAlignment,
  ThemeColor,
  window,
} from "vscode";
import { type CommandId, commandId } from "../contributions.js";
import { type Command, CommandError } from "../commands/command.js";
import type { DaemonState } from "../daemon/daemonState.js";
import { isAlive } from "../views/serverItem.js";
import { serverDescription, serverName } from "../views/words.js";
import { type ChosenTarget, isServerTarget, type RunTarget, type ServerTarget, targetWords } from "./runTarget.js";

interface TargetItem extends QuickPickItem {
  target?: RunTarget;
}

/** Shows in the status bar where runs put agents, and changes it. */
export class TargetSwitch implements Disposable {
  private readonly item = window.createStatusBarItem("runTarget", StatusBarAlignment.Left);
  private readonly stops: (() => void)[];

  constructor(
    private readonly chosen: ChosenTarget,
    private readonly state: DaemonState,
  ) {
    this.item.name = "AgentScope: Run Target";
    this.item.command = commandId.chooseRunTarget;
    this.stops = [chosen.changed.on(() => this.show()), state.changed.on(() => this.show())];
    this.show();
    this.item.show();
  }

  get commands(): Partial<Record<CommandId, Command>> {
    return { [commandId.chooseRunTarget]: () => this.choose() };
  }

  /** @throws CommandError when the chosen server is not there. */
  check(): RunTarget {
    const { value } = this.chosen;
    if (this.isGone(value)) {
      throw new CommandError(`The agent server ${value}, which the run target names, is not there.`, [
        { title: "Choose Run Target…", command: commandId.chooseRunTarget },
      ]);
    }
    return value;
  }

  dispose(): void {
    for (const stop of this.stops) stop();
    this.item.dispose();
  }

  private async choose(): Promise<void> {
    const items = [...this.general(), ...this.servers()];
    const picked = await window.showQuickPick<TargetItem>(items, {
      title: "Where runs put agents",
      placeHolder: "The run target of this workspace (AGENTSCOPE_TARGET); the script stays as it is",
      matchOnDescription: true,
      matchOnDetail: true,
    });
    if (picked?.target === undefined) throw new CancellationError();
    await this.chosen.choose(picked.target);
  }

  private general(): TargetItem[] {
    return Object.entries(targetWords).map(([target, { label, detail }]) =>
      this.entry(target as RunTarget, { label, detail }),
    );
  }

  private servers(): TargetItem[] {
    const rows = [...this.state.servers.values()].filter(canBeNamed);
    if (rows.length === 0) return [];
    const separator = { label: "Agent servers", kind: QuickPickItemKind.Separator };
    return [
      separator,
      ...rows.map((row) => this.entry(addressOf(row), { label: serverName(row), detail: serverDescription(row) })),
    ];
  }

  private entry(target: RunTarget, { label, detail }: { label: string; detail: string }): TargetItem {
    return { target, label, detail, ...(target === this.chosen.value && { description: "now" }) };
  }

  private show(): void {
    const { value } = this.chosen;
    const label = isServerTarget(value) ? value : targetWords[value].label;
    const isGone = this.isGone(value);
    this.item.text = `$(target) ${label}`;
    this.item.backgroundColor = isGone ? new ThemeColor("statusBarItem.warningBackground") : undefined;
    const detail = isServerTarget(value)
      ? isGone
        ? "This server is not there"
        : "On this server"
      : targetWords[value].detail;
    this.item.tooltip = `AgentScope: where runs put agents. ${detail}. Click to change it.`;
    this.item.accessibilityInformation = { label: `Run target: ${label}${isGone ? ", which is not there" : ""}` };
  }

  private isGone(target: RunTarget): boolean {
    if (!isServerTarget(target) || !this.state.isKnown) return false;
    return ![...this.state.servers.values()].some((row) => canBeNamed(row) && addressOf(row) === target);
  }
}

/** Children belong to their script, and know nobody else. */
function canBeNamed(row: ServerRow): boolean {
  return isAlive(row) && row.kind !== "child" && row.port > 0;
}

function addressOf({ host, port }: ServerRow): ServerTarget {
  return `${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${port}`;
}
