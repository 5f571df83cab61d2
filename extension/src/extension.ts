import { env, type ExtensionContext, Uri, window, workspace } from "vscode";
import { agentCommands } from "./commands/agentCommands.js";
import { registerCommands } from "./commands/command.js";
import { connectCommands } from "./commands/connectCommands.js";
import { daemonCommands } from "./commands/daemonCommands.js";
import { exampleCommands } from "./commands/exampleCommands.js";
import { memoryCommands } from "./commands/memoryCommands.js";
import { modelCommands } from "./commands/modelCommands.js";
import { questionCommands } from "./commands/questionCommands.js";
import { resourcesCommands } from "./commands/resourcesCommands.js";
import { runCommands } from "./commands/runCommands.js";
import { serverCommands } from "./commands/serverCommands.js";
import { typeInTerminal } from "./commands/typeInTerminal.js";
import { innerCommandId } from "./contributions.js";
import { DaemonClient } from "./daemon/daemonClient.js";
import { joinDaemon } from "./daemon/daemonLauncher.js";
import { DaemonState } from "./daemon/daemonState.js";
import { MemoryDocuments } from "./memory/memoryDocuments.js";
import { memoryView } from "./memory/memoryView.js";
import { debugCommands, offerDebugConfigurations } from "./debug/debugScript.js";
import { LiveAgents } from "./scripts/liveAgents.js";
import { ChosenTarget } from "./scripts/runTarget.js";
import { ScriptLenses } from "./scripts/scriptLenses.js";
import { TargetSwitch } from "./scripts/targetSwitch.js";
import { EditorModels } from "./models/editorModels.js";
import { QuestionDesk } from "./questions/questionDesk.js";
import { resourcesView } from "./resources/resourcesView.js";
import { KeptSecrets } from "./servers/serverSecrets.js";
import { unlockServers } from "./servers/unlockServers.js";
import { languageFeatures } from "./language/languageFeatures.js";
import { settings } from "./settings.js";
import { StatusBar } from "./statusBar.js";
import { DaemonLogs } from "./views/daemonLogs.js";
import { followState } from "./views/followState.js";
import { RunOutputs } from "./views/runOutputs.js";
import { RunTree } from "./views/runTree.js";
import { followActiveScript } from "./views/scriptContext.js";
import { ServerTree } from "./views/serverTree.js";
import { ViewPanels } from "./webviews/viewPanels.js";

export function activate(context: ExtensionContext): void {
  const { version } = context.extension.packageJSON as { version: string };
  const log = window.createOutputChannel("AgentScope", { log: true });
  const script = Uri.joinPath(context.extensionUri, "dist", "bundle", "daemon", "asStudio.js").fsPath;

  const client = new DaemonClient({
    // What other windows are told of who has answered a question. The daemon takes 200 characters.
    name: [env.appName, workspace.name].filter(Boolean).join(" · ").slice(0, 200),
    version,
    timeoutMs: settings.timeoutMs,
    join: () =>
      joinDaemon({
        script,
        mayStart: settings.startsDaemon,
        idleSeconds: settings.daemonIdleSeconds,
        nodePath: settings.nodePath,
      }),
  });
  const state = new DaemonState();
  const servers = new ServerTree(client, state);
  const runs = new RunTree(client, state);
  const statusBar = new StatusBar(state);
  const desk = new QuestionDesk(client, state, context.workspaceState);
  const models = new EditorModels(client, log);
  const logs = new DaemonLogs(client);
  const outputs = new RunOutputs(client);
  const shared = { client, extension: context.extensionUri };
  const memories = new ViewPanels(memoryView, shared);
  const targets = new TargetSwitch(new ChosenTarget(context.workspaceState), state);
  const live = new LiveAgents(client, state);
  const documents = new MemoryDocuments(client);
  const resources = new ViewPanels(resourcesView, shared);
  const secrets = new KeptSecrets(context.secrets);

  context.subscriptions.push(
    log,
    { dispose: () => client.close() },
    servers,
    runs,
    statusBar,
    desk,
    models,
    logs,
    outputs,
    memories,
    targets,
    live,
    new ScriptLenses(live),
    offerDebugConfigurations({ client, targets }),
    documents,
    resources,
    ...followActiveScript(),
    languageFeatures(client, { version, log }),
    { dispose: unlockServers(secrets, { client, state, log }) },
    { dispose: followState({ client, state, servers, runs, statusBar, log, memory: context.workspaceState }) },
    ...registerCommands(
      {
        ...daemonCommands({ client, state, logs }),
        ...serverCommands({ client, state, tree: servers }),
        ...connectCommands({ client, state, tree: servers, secrets }),
        ...agentCommands(client, servers),
        ...runCommands({ client, state, outputs, targets }),
        ...targets.commands,
        ...debugCommands({ client, targets }),
        [innerCommandId.typeInTerminal]: typeInTerminal,
        ...modelCommands({ client, state, memory: context.workspaceState }),
        ...questionCommands({ state, desk }),
        ...memoryCommands({ client, memories, documents }),
        ...resourcesCommands(state, resources),
        ...exampleCommands(Uri.joinPath(context.extensionUri, "example")),
      },
      log,
    ),
  );
  void client.run();
}
