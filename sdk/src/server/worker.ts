import { randomUUID } from "../randomId.js";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { AgentScopeError, asError } from "../errors.js";
import { failureToWire } from "../link/failure.js";
import { settings } from "../orchestration/settings.js";
import { AgentHost } from "../runtime/agentHost.js";
import { CallCounters } from "../runtime/callCounters.js";
import { tellOfHost } from "../runtime/hostTelemetry.js";
import { setRuntime } from "../runtime/runtime.js";
import { LoggedCalls, logWorkerConsole, workerLog } from "./workerLog.js";
import { AgentClasses } from "./agentClasses.js";
import { IdClaims } from "./idClaims.js";
import { MemoryWatches } from "./memoryWatches.js";
import { answerRequest } from "./workerRequests.js";
import type { FromWorker, ToWorker, WorkerStart } from "./workerMessages.js";
import { AgentReports } from "./agentReports.js";
import { watchWorkerCalls } from "./workerCalls.js";
import { WorkerEditors } from "./workerEditors.js";
import { WorkerNetwork } from "./workerNetwork.js";

// The entry of a worker thread of an agent server: its agents, behind the I/O thread that has the connections.

const { lane, options, busy, counters } = workerData as WorkerStart;
const port = parentPort as MessagePort;
const post = (message: FromWorker, handedOver: readonly ArrayBuffer[] = []) => port.postMessage(message, handedOver);

settings.modelConfigs = options.modelConfigs;
settings.mcpServers = options.mcpServers;
settings.trustsCallers = options.classesByModule;
settings.saveDir = options.saveDir;
settings.windowBytes = options.limits.windowBytes;
settings.chunkBytes = options.limits.chunkBytes;

const claims = new IdClaims(post);
const reports = new AgentReports(new Uint8Array(busy), post);
const log = options.log && workerLog(options.log, options.serverId);
const classes = new AgentClasses(options, (file) => post(["loading", file]));
const host = new AgentHost({
  ...options,
  serverName: "",
  findClass: (...which) => classes.find(...which),
  claimId: (id) => claims.claim(id),
  counters: new CallCounters(counters),
  events: log === undefined ? reports : new LoggedCalls(log, reports),
});
if (log !== undefined) logWorkerConsole(log, host);
const memories = new MemoryWatches(host, post);
const network = new WorkerNetwork({ lane, host, options, post });

const editors = new WorkerEditors(post);

setRuntime({ host, endpoint: network.endpoint, servers: network, editors });

tellOfHost(host, {
  service: "agentscope-distributed",
  attributes: {
    "service.instance.id": randomUUID(),
    "agentscope.server.id": options.serverId,
    "agentscope.worker": lane,
  },
  // What concerns a child of a script is the script's to say, and one worker is enough to say it.
  warn: (text) => void (options.classesByModule || lane > 1 || process.stderr.write(`${text}\n`)),
});

port.on("message", (message: ToWorker) => {
  if (message[0] === "claimed") return claims.answered(message[1], message[2]);
  if (message[0] === "watchCalls") return watchWorkerCalls({ lane, host, post }, message[1]);
  if (message[0] === "editorParts") return editors.parts(message[1], message[2]);
  if (message[0] === "editorEnd") return editors.ended(message[1], message[2], message[3]);
  if (message[0] !== "request") return network.handle(message);
  const [, id, request] = message;
  answerRequest({ host, classes, memories }, request).then(
    (value) => post(["answer", id, value, undefined]),
    (thrown: unknown) => post(["answer", id, undefined, failureToWire(asFailure(thrown))]),
  );
});

classes.load().then(
  (report) => post(["loaded", report, undefined]),
  (thrown: unknown) => post(["loaded", undefined, failureToWire(asFailure(thrown))]),
);

function asFailure(thrown: unknown): AgentScopeError {
  if (thrown instanceof AgentScopeError) return thrown;
  const cause = asError(thrown);
  return new AgentScopeError("AGENT_FAILED", `${cause.name}: ${cause.message}`, { cause });
}
