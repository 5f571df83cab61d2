import type { OpenDocument } from "./openDocuments.js";
import { callsOf, type ScriptCall } from "./scripts/callsOf.js";
import { parseScript, type Tree } from "./scripts/parseScript.js";

interface Parsed {
  version: number;
  tree: Tree | undefined;
  calls: ScriptCall[];
}

const parsed = new WeakMap<OpenDocument, Parsed>();
const usesSdk = /from\s+["']agentscope-distributed["']|require\(\s*["']agentscope-distributed["']\s*\)/;

export function isScript({ path }: OpenDocument): boolean {
  return /\.[cm]?[jt]sx?$/.test(path);
}

/** Whether it is a program, or a part of one, that uses the SDK. */
export function usesAgents(document: OpenDocument): boolean {
  return isScript(document) && usesSdk.test(document.text.getText());
}

/** The tree of a script as it is now, and its calls; made once for each text. */
export function parsedScript(document: OpenDocument): Parsed {
  const known = parsed.get(document);
  if (known?.version === document.text.version) return known;
  const tree = isScript(document) ? parseScript(document.text.getText(), document.path) : undefined;
  const now = { version: document.text.version, tree, calls: tree === undefined ? [] : callsOf(tree) };
  parsed.set(document, now);
  return now;
}
