export * from "./model.js";
export * from "./requests.js";
export * from "./subscriptions.js";
export {
  callEditorModel,
  type EditorAnswerPart,
  type EditorMessage,
  type EditorModelCall,
  type EditorModelEnd,
  editorModelParts,
} from "agentscope-distributed/studio";
export { hello, studioErrorCode, studioProtocolVersion } from "agentscope-distributed/studio";
