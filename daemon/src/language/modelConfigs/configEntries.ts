import { findNodeAtLocation, type Node, parseTree } from "jsonc-parser";
import type { OpenDocument } from "../openDocuments.js";

const namedSo = /model[-_]?configs?[^/\\]*\.json$/i;

/** Whether a document is a file of model configs: by its name, by the setting that names it, or by what is in it. */
export function isModelConfigs(document: OpenDocument, named: ReadonlySet<string>): boolean {
  if (!/^jsonc?$/.test(document.languageId)) return false;
  if (named.has(document.path) || namedSo.test(document.path)) return true;
  const text = document.text.getText();
  if (!text.includes('"config_name"') || !text.includes('"model_type"')) return false;
  return configEntries(text).some((entry) => textAt(entry, "config_name") && textAt(entry, "model_type"));
}

/** The configs of a file, as far as its text can be understood. */
export function configEntries(text: string): Node[] {
  const root = parseTree(text);
  const entries = root?.type === "array" ? (root.children ?? []) : root === undefined ? [] : [root];
  return entries.filter(({ type }) => type === "object");
}

/** The node of a text in a config. */
export function textAt(entry: Node, ...path: string[]): Node | undefined {
  const node = findNodeAtLocation(entry, path);
  return node?.type === "string" ? node : undefined;
}
