import { RequestType } from "vscode-jsonrpc";

// Language models that a person has in an editor, called by agents: from their script or server to the daemon, and from there to a window.

/** Asked by scripts and servers of the daemon, and by it of an editor; cancelled as any request. */
export const callEditorModel = new RequestType<EditorModelCall, EditorModelEnd, void>("models/call");

/** The answer of a call as it comes, the other way. Answered when more may follow: one is on its way at a time. */
export const editorModelParts = new RequestType<EditorModelParts, Record<string, never>, void>("models/parts");

/** Which model is wanted. Without a field any will do. */
export interface EditorModelChoice {
  /** An id, a family or a name, as the editor lists them. */
  model?: string;
  vendor?: string;
}

export interface EditorModelRequest extends EditorModelChoice {
  messages: EditorMessage[];
  tools?: { name: string; description: string; inputSchema: object }[];
  /** Whether one of the tools must be called. */
  toolRequired?: boolean;
  /** What only the model's provider knows. */
  options?: Record<string, unknown>;
}

export interface EditorModelCall extends EditorModelRequest {
  /** Chosen by who asks; unique on its connection. */
  callId: string;
}

/** Editors know no system messages: they are the user's. */
export interface EditorMessage {
  role: "user" | "assistant";
  parts: EditorMessagePart[];
}

export type EditorMessagePart = EditorAnswerPart | { type: "toolResult"; toolCallId: string; text: string };

export type EditorAnswerPart =
  | { type: "text"; text: string }
  | { type: "toolCall"; toolCallId: string; name: string; input: object };

export interface EditorModelParts {
  callId: string;
  parts: EditorAnswerPart[];
}

/**
 * How a call ended; the message is for people.
 *
 * - `noEditor`: no window is connected that offers models
 * - `noModel`: none of them has this one
 * - `refused`: the person, or the model's provider, does not allow it
 * - `editorGone`: the window was closed in the middle
 * - `limit`: too many wait
 * - `modelFailed`: what the model's provider says
 */
export type EditorModelEnd =
  | { kind: "done" }
  | {
      kind: "failed";
      reason: "noEditor" | "noModel" | "refused" | "editorGone" | "limit" | "modelFailed";
      message: string;
    };
