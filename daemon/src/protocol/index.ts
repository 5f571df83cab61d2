export * from "./model.js";
export * from "./requests.js";
export * from "./subscriptions.js";
export { hello, studioErrorCode, studioProtocolVersion } from "agentscope-distributed/studio";
