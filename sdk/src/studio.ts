// What a daemon needs to speak with scripts and agent servers: the entry `agentscope-distributed/studio`. Not for programs.
export { claimedRole, makeAccessToken } from "./access/accessToken.js";
export { formatAddress, isLoopback, thisMachine } from "./link/peer.js";
export { jsonLine, type LogFields, readJsonLine } from "./log/jsonLine.js";
export { isLogged, type LogFormat, type LogLevel, logFormats, logLevels, logSettings } from "./log/logSettings.js";
export { checkModelConfigs } from "./models/modelConfigs.js";
export { residentBytes } from "./residentBytes.js";
export type * from "./studio/callBatch.js";
export * from "./studio/discovery.js";
export * from "./studio/protocol.js";
export type * from "./studio/resourceSample.js";
export * from "./studio/studioAddress.js";
export { providers } from "./models/providers.js";
export { masked, variableOf } from "./models/secrets.js";
