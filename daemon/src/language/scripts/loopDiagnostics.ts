import type { CodeAction, Diagnostic, Range } from "vscode-languageserver-protocol";
import type { OpenDocument } from "../openDocuments.js";
import { parsedScript, usesAgents } from "../scriptDocument.js";
import { type AwaitInLoop, awaitsInLoops } from "./awaitInLoop.js";
import { sideBySide } from "./sideBySide.js";

const awaitInLoopCode = "await-in-loop";

const message =
  "These agents work one after the other: each round waits for its agent's answer before the next agent is called, and no later " +
  "round needs that answer. Call all agents first and await what they answer afterwards; then they work at the same time.";

/** Loops in a script that wait for agents which could work side by side. */
export function loopDiagnostics(document: OpenDocument): Diagnostic[] {
  return findingsIn(document).map((found) => ({
    range: rangeOf(found, document),
    severity: 3,
    source: "AgentScope",
    code: awaitInLoopCode,
    message,
  }));
}

/** What changes such a loop, for those that begin in a range. */
export function loopActions(document: OpenDocument, range: Range): CodeAction[] {
  const text = document.text.getText();
  return findingsIn(document).flatMap((found) => {
    const place = rangeOf(found, document);
    const replacement = sideBySide(found, text);
    const isMeant = place.start.line <= range.end.line && place.end.line >= range.start.line;
    if (replacement === undefined || !isMeant) return [];
    const edited = {
      start: document.text.positionAt(replacement.start),
      end: document.text.positionAt(replacement.end),
    };
    return {
      title: "Call all agents first, then await their answers",
      kind: "quickfix",
      isPreferred: true,
      diagnostics: [{ range: place, severity: 3, source: "AgentScope", code: awaitInLoopCode, message }],
      edit: { changes: { [document.uri]: [{ range: edited, newText: replacement.text }] } },
    } satisfies CodeAction;
  });
}

function findingsIn(document: OpenDocument): AwaitInLoop[] {
  const { tree } = usesAgents(document) ? parsedScript(document) : {};
  return tree === undefined ? [] : awaitsInLoops(tree);
}

function rangeOf({ awaited }: AwaitInLoop, { text }: OpenDocument): Range {
  return { start: text.positionAt(awaited.start ?? 0), end: text.positionAt(awaited.end ?? 0) };
}
