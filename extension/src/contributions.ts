// What the manifest declares, by typed names; test/contributions.test.ts holds both to each other.

export const viewContainer = "agentscope";

export const viewId = {
  servers: "agentscope.servers",
  runs: "agentscope.runs",
} as const;

export const commandId = {
  createExample: "agentscope.createExample",
  startServer: "agentscope.startServer",
  startServerInTerminal: "agentscope.startServerInTerminal",
  copyServerCommand: "agentscope.copyServerCommand",
  connectServer: "agentscope.connectServer",
  forgetServerSecrets: "agentscope.forgetServerSecrets",
  stopServer: "agentscope.stopServer",
  stopAllServers: "agentscope.stopAllServers",
  forgetServer: "agentscope.forgetServer",
  forgetDeadServers: "agentscope.forgetDeadServers",
  showServerLog: "agentscope.showServerLog",
  copyId: "agentscope.copyId",
  filterAgents: "agentscope.filterAgents",
  clearAgentFilter: "agentscope.clearAgentFilter",
  showMemory: "agentscope.showMemory",
  openMemoryDocument: "agentscope.openMemoryDocument",
  keepMemoryMoment: "agentscope.keepMemoryMoment",
  compareMemory: "agentscope.compareMemory",
  showResources: "agentscope.showResources",
  revealAgentClass: "agentscope.revealAgentClass",
  deleteAgent: "agentscope.deleteAgent",
  deleteAllAgents: "agentscope.deleteAllAgents",
  cloneAgent: "agentscope.cloneAgent",
  runScript: "agentscope.runScript",
  runScriptDistributed: "agentscope.runScriptDistributed",
  debugScript: "agentscope.debugScript",
  chooseRunTarget: "agentscope.chooseRunTarget",
  stopRun: "agentscope.stopRun",
  showRunOutput: "agentscope.showRunOutput",
  answerQuestion: "agentscope.answerQuestion",
  sendAnswer: "agentscope.sendAnswer",
  setModelConfigs: "agentscope.setModelConfigs",
  restartDaemon: "agentscope.restartDaemon",
  showDaemonLog: "agentscope.showDaemonLog",
  openStudio: "agentscope.openStudio",
} as const;

export type CommandId = (typeof commandId)[keyof typeof commandId];

/** Commands of tree rows and status bar that the palette does not show. */
export const innerCommandId = {
  showMoreAgents: "agentscope.inner.showMoreAgents",
  showServers: "agentscope.inner.showServers",
  showAgentsOfClass: "agentscope.inner.showAgentsOfClass",
  /** Runs a command line in a terminal. */
  typeInTerminal: "agentscope.inner.typeInTerminal",
} as const;

export type InnerCommandId = (typeof innerCommandId)[keyof typeof innerCommandId];

export const contextKey = {
  /** `connecting`, `connected` or `down`. */
  daemon: "agentscope.daemon",
  hasServers: "agentscope.hasServers",
  hasDeadServers: "agentscope.hasDeadServers",
  hasRuns: "agentscope.hasRuns",
  hasQuestions: "agentscope.hasQuestions",
  agentsFiltered: "agentscope.agentsFiltered",
  /** Whether a moment of a memory is kept, to be compared with. */
  hasKeptMoment: "agentscope.hasKeptMoment",
  /** Whether the active editor shows a script that uses the SDK. */
  isScript: "agentscope.isScript",
} as const;

export const walkthroughId = "firstScript";

export const settingId = {
  startDaemon: "agentscope.daemon.start",
  timeoutSeconds: "agentscope.daemon.timeoutSeconds",
  idleSeconds: "agentscope.daemon.idleSeconds",
  agentFolder: "agentscope.servers.agentFolder",
  modelConfigs: "agentscope.servers.modelConfigs",
  workers: "agentscope.servers.workers",
  nodePath: "agentscope.node.path",
  codeLens: "agentscope.codeLens",
  offerModels: "agentscope.models.offer",
  inlayHints: "agentscope.inlayHints.enabled",
} as const;
