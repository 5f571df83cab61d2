import { AgentFeed } from "./agentFeed.js";
import type { AttachableServer } from "./attachableServer.js";
import { CallFeed } from "./callFeed.js";
import { EditorModelCalls, type EditorWay } from "./editorModelCalls.js";
import {
  addClasses,
  agentMemory,
  agentsChanged,
  agentStates,
  attachServer as attach,
  callsHappened,
  classesChanged,
  cloneAgent,
  deleteAgent,
  deleteAllAgents,
  memoryChanged,
  openTunnel,
  resourcesSampled,
  serverEnding,
  setModelConfigs,
  stopServer,
  watchMemory,
} from "./protocol.js";
import { connectTunnel } from "./serverTunnel.js";
import type { StudioLine } from "./studioLine.js";

const sampleMs = 1000;

/**
 * Announces a server on a line, answers what the daemon asks of it, and tells it what happens, until the line ends. Gives the way to
 * language models of editors.
 *
 * @throws AgentScopeError what the daemon refuses the announcement with.
 */
export async function attachServer(line: StudioLine, server: AttachableServer): Promise<EditorWay> {
  answerRequests(line, server);
  const editors = new EditorModelCalls(line);
  const announcement = server.announcement();
  line.onNotification(openTunnel, (order) => {
    if (announcement.viaStudio === true) connectTunnel(line, order, server).catch(() => {});
  });
  server.attached(await line.request(attach, announcement));
  tellChanges(line, server);
  return editors;
}

/** The server ends in good order. */
export function tellEnding(line: StudioLine): Promise<void> {
  return line.notify(serverEnding, {});
}

function answerRequests(line: StudioLine, server: AttachableServer): void {
  line.onRequest(stopServer, () => {
    // When the answer is on its way.
    setImmediate(() => void server.stop());
  });
  line.onRequest(agentStates, ({ agentIds }) => server.states(agentIds));
  line.onRequest(agentMemory, (request) => server.memoryPage(request));
  line.onRequest(watchMemory, ({ agentId, on }) => server.watchMemory(agentId, on));
  line.onRequest(deleteAgent, ({ agentId }) => server.deleteAgent(agentId));
  line.onRequest(deleteAllAgents, () => server.deleteAllAgents());
  line.onRequest(cloneAgent, ({ agentId }) => server.cloneAgent(agentId));
  line.onRequest(setModelConfigs, ({ configs }) => server.setModelConfigs(configs));
  line.onRequest(addClasses, ({ classes }) => server.addClasses(classes));
}

function tellChanges(line: StudioLine, server: AttachableServer): void {
  const feed = new AgentFeed((changes) => line.notify(agentsChanged, changes));
  const calls = new CallFeed();
  void calls.begin((batch) => line.notify(callsHappened, batch));
  server.listen({
    agentsChanged: (made, deleted) => feed.changed(made, deleted),
    memoryChanged: (change) => void (line.isBehind || line.notify(memoryChanged, change)),
    classesChanged: (classes) => void line.notify(classesChanged, classes),
    callsHappened: (batch) => calls.take(batch),
  });
  void feed.begin(server.agents());
  const sampling = setInterval(() => {
    // Who does not read gets a later one.
    if (!line.isBehind) void line.notify(resourcesSampled, server.sample());
  }, sampleMs).unref();
  line.ended.addEventListener("abort", () => {
    clearInterval(sampling);
    feed.end();
    calls.end();
    server.listen(undefined);
  });
}
