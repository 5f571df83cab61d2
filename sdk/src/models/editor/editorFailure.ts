import type { AgentScopeError, ModelFailure } from "../../errors.js";
import type { EditorModelEnd } from "../../studio/editorModels.js";

type Failed = Extract<EditorModelEnd, { kind: "failed" }>["reason"];

interface Kind {
  reason: ModelFailure;
  /** Whether it may be otherwise in a few seconds: a window that is loaded anew is back then. */
  passes: boolean;
  hint?: string;
}

const kinds: Record<Failed, Kind> = {
  noEditor: {
    reason: "unreachable",
    passes: true,
    hint: "Open a VS Code window with the AgentScope extension, and keep it open while agents work",
  },
  noModel: { reason: "not-found", passes: false, hint: "Check model_name and vendor" },
  refused: {
    reason: "refused",
    passes: false,
    hint: "Allow it in VS Code: Accounts, Manage Language Model Access, AgentScope Distributed",
  },
  editorGone: { reason: "unreachable", passes: true, hint: "Keep the window open while agents work" },
  limit: { reason: "rate-limited", passes: true, hint: "Call it less often" },
  modelFailed: { reason: "provider-failed", passes: false },
};

/** A call of a model of an editor that gave no answer. */
export class EditorFailure extends Error {
  private constructor(
    message: string,
    readonly kind: Kind,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  static of({ reason, message }: { reason: Failed; message: string }): EditorFailure {
    return new EditorFailure(message, kinds[reason]);
  }

  /** Models of editors are reached through a daemon alone. */
  static noDaemon(cause?: AgentScopeError): EditorFailure {
    const why = cause === undefined ? "" : `: ${cause.message}`;
    return new EditorFailure(
      `models of an editor are reached through the daemon, and there is none for this process${why}`,
      {
        reason: "unreachable",
        passes: false,
        hint: "Open the folder in VS Code with the AgentScope extension, which starts one, or start it with as-studio",
      },
      { cause },
    );
  }
}
