// Does in the extension host, beside our extension, what a test tells it on a socket: one order on each connection, and its answer.
const { Session } = require("node:inspector/promises");
const { createServer } = require("node:net");
const path = require("node:path");
const { text } = require("node:stream/consumers");
const vscode = require("vscode");

const deeds = {
  run: async ({ command, args }) => {
    await vscode.commands.executeCommand(command, ...args);
  },
  closeEditors: async () => {
    await vscode.window.tabGroups.close(vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs));
  },
  tabGroups: () =>
    vscode.window.tabGroups.all.map(({ isActive, tabs }) => ({
      isActive,
      tabs: tabs.map((tab) => (tab.isActive ? `${tab.label} (seen)` : tab.label)),
    })),
  /** What is in use after a collection of what is not, and what keeps the process going, such as timers and sockets. */
  measure: async () => {
    const session = new Session();
    session.connect();
    try {
      await session.post("HeapProfiler.collectGarbage");
    } finally {
      session.disconnect();
    }
    return { heapBytes: process.memoryUsage().heapUsed, resources: process.getActiveResourcesInfo().length };
  },
};

async function answer(socket) {
  const { deed, ...order } = JSON.parse(await text(socket));
  try {
    socket.end(JSON.stringify({ value: (await deeds[deed](order)) ?? null }));
  } catch (error) {
    socket.end(JSON.stringify({ error: String(error) }));
  }
}

exports.activate = ({ subscriptions }) => {
  const server = createServer({ allowHalfOpen: true }, (socket) => void answer(socket));
  server.listen(path.join(process.env.HOME, "probe.sock"));
  subscriptions.push({ dispose: () => server.close() });
};
