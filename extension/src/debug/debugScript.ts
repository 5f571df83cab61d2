import {
  commands,
  debug,
  type DebugConfigurationProvider,
  DebugConfigurationProviderTriggerKind,
  type Disposable,
  type Uri,
  window,
  workspace,
} from "vscode";
import { type Command, CommandError } from "../commands/command.js";
import { isOrchestrationScript, orchestrationScript } from "../commands/orchestrationScript.js";
import { checkPackages, withInstallStep } from "../commands/packagesStep.js";
import { withProgress } from "../commands/progress.js";
import { type CommandId, commandId } from "../contributions.js";
import type { DaemonClient } from "../daemon/daemonClient.js";
import { isServerTarget, type RunTarget } from "../scripts/runTarget.js";
import type { TargetSwitch } from "../scripts/targetSwitch.js";
import { debugConfiguration } from "./debugConfiguration.js";

export interface DebugParts {
  client: DaemonClient;
  targets: TargetSwitch;
}

export function debugCommands({ client, targets }: DebugParts): Partial<Record<CommandId, Command>> {
  return {
    async [commandId.debugScript](uri?: Uri) {
      const target = targets.check();
      const meant = await orchestrationScript(uri);
      checkPackages(meant.script);
      const configuration = await withProgress("Starting the debugger", () =>
        debugConfiguration(client, meant, target).catch((error: unknown) => {
          throw withInstallStep(error, meant.script);
        }),
      );
      const folder = uri && workspace.getWorkspaceFolder(uri);
      if (!(await debug.startDebugging(folder, configuration))) {
        throw new CommandError(`${configuration.name} was not started under the debugger.`, [
          { title: "Show Debug Console", command: "workbench.debug.action.toggleRepl" },
        ]);
      }
      tellLimits(target);
    },
  };
}

/** Offers the script that is open among the configurations of Run and Debug. */
export function offerDebugConfigurations({ client, targets }: DebugParts): Disposable {
  const provider: DebugConfigurationProvider = {
    async provideDebugConfigurations() {
      const document = window.activeTextEditor?.document;
      if (!document || !isOrchestrationScript(document) || !workspace.isTrusted) return [];
      const configuration = await debugConfiguration(client, await orchestrationScript(document.uri), targets.check());
      return [{ ...configuration, name: `AgentScope: ${configuration.name}` }];
    },
  };
  return debug.registerDebugConfigurationProvider("node", provider, DebugConfigurationProviderTriggerKind.Dynamic);
}

/** Nobody waits in vain for a breakpoint in a server that is no child of the script. */
function tellLimits(target: RunTarget): void {
  if (target !== "studio" && !isServerTarget(target)) return;
  void window
    .showInformationMessage(
      "Breakpoints hold in the script and in its child processes. The run target puts its agents on agent servers, which are not debugged.",
      "Choose Run Target…",
    )
    .then((answer) => answer && commands.executeCommand(commandId.chooseRunTarget));
}
