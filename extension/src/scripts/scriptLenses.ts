import {
  CodeLens,
  type CodeLensProvider,
  type Disposable,
  EventEmitter,
  languages,
  Range,
  type TextDocument,
  workspace,
} from "vscode";
import { isOrchestrationScript, usesSdk } from "../commands/orchestrationScript.js";
import { commandId, innerCommandId, settingId } from "../contributions.js";
import { settings } from "../settings.js";
import { agentClasses } from "./agentClasses.js";
import { firstStatement } from "./firstStatement.js";
import type { LiveAgents } from "./liveAgents.js";

const selector = ["typescript", "javascript"].map((language) => ({ language, scheme: "file" }));

/** Above a script: how it is run. Above an agent class: how many agents of it live. */
export class ScriptLenses implements CodeLensProvider, Disposable {
  private readonly changes = new EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.changes.event;
  /** The classes of documents whose lenses were asked for. */
  private readonly classes = new Map<string, Set<string>>();
  private readonly disposables: Disposable[];

  constructor(private readonly live: LiveAgents) {
    const refresh = () => this.changes.fire();
    this.disposables = [
      this.changes,
      { dispose: live.changed.on(refresh) },
      workspace.onDidChangeConfiguration((event) => event.affectsConfiguration(settingId.codeLens) && refresh()),
      workspace.onDidGrantWorkspaceTrust(refresh),
      workspace.onDidCloseTextDocument((document) => this.setClasses(document, [])),
      languages.registerCodeLensProvider(selector, this),
    ];
  }

  provideCodeLenses(document: TextDocument): CodeLens[] {
    const isOn = settings.codeLens(document.uri);
    const text = document.getText();
    if (!isOn || !usesSdk.test(text)) {
      this.setClasses(document, []);
      return [];
    }
    return [...this.runLenses(document, text), ...this.classLenses(document, text)];
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  private runLenses(document: TextDocument, text: string): CodeLens[] {
    if (!workspace.isTrusted || !isOrchestrationScript(document)) return [];
    const at = lineRange(firstStatement(text) ?? 0);
    const lens = (title: string, command: string, tooltip: string) =>
      new CodeLens(at, { title, command, tooltip, arguments: [document.uri] });
    return [
      lens("▷ Run", commandId.runScript, "Run this script, with its agents where the run target says"),
      lens(
        "▷ Run distributed",
        commandId.runScriptDistributed,
        "Run this script, with its agents where the daemon says",
      ),
      lens("Debug", commandId.debugScript, "Run this script and its child processes under the debugger"),
    ];
  }

  private classLenses(document: TextDocument, text: string): CodeLens[] {
    const declared = agentClasses(text);
    this.setClasses(
      document,
      declared.map(({ name }) => name),
    );
    return declared.flatMap(({ name, line }) => {
      const count = this.live.of(name);
      if (count === undefined) return [];
      const command =
        count === 0
          ? { title: "0 live", command: "" }
          : {
              title: `${count.toLocaleString("en-US")} live · show`,
              command: innerCommandId.showAgentsOfClass,
              tooltip: `Show the agents of ${name} in the Agent Servers view`,
              arguments: [name],
            };
      return [new CodeLens(lineRange(line), command)];
    });
  }

  private setClasses(document: TextDocument, names: readonly string[]): void {
    const key = document.uri.toString();
    if (names.length > 0) this.classes.set(key, new Set(names));
    else this.classes.delete(key);
    this.live.keep(new Set([...this.classes.values()].flatMap((set) => [...set])));
  }
}

function lineRange(line: number): Range {
  return new Range(line, 0, line, 0);
}
