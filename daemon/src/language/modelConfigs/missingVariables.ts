import { providers, variableOf } from "agentscope-distributed/studio";
import { findNodeAtLocation, type Node } from "jsonc-parser";
import type { Diagnostic } from "vscode-languageserver-protocol";
import type { OpenDocument } from "../openDocuments.js";
import { configEntries, textAt } from "./configEntries.js";

const missingVariableCode = "missing-variable";

const where =
  "where the daemon runs. Agents read it on the machine where they live: set it before the daemon and the agent servers are started.";

/** Configs that name an environment variable which is not set here, or need one that is not. @param env of the daemon. */
export function missingVariables({ text }: OpenDocument, env: NodeJS.ProcessEnv): Diagnostic[] {
  const isSet = (name: string) => (env[name] ?? "") !== "";
  const warning = ({ offset, length }: Node, message: string): Diagnostic => ({
    range: { start: text.positionAt(offset), end: text.positionAt(offset + length) },
    severity: 2,
    source: "AgentScope",
    code: missingVariableCode,
    message,
  });
  return configEntries(text.getText()).flatMap((entry) => {
    const named = [textAt(entry, "api_key"), ...headersOf(entry)].flatMap((node) => {
      const name = node === undefined ? undefined : variableOf(String(node.value));
      return node === undefined || name === undefined || isSet(name) ? [] : { node, name };
    });
    const found = named.map(({ node, name }) => warning(node, `The environment variable ${name} is not set ${where}`));
    const type = textAt(entry, "model_type");
    const usual = type === undefined ? [] : keyVariables(String(type.value));
    if (type === undefined || usual.length === 0 || findNodeAtLocation(entry, ["api_key"]) !== undefined) return found;
    if (usual.some(isSet)) return found;
    const names = usual.length === 1 ? usual[0] : `any of ${usual.join(", ")}`;
    return [
      ...found,
      warning(type, `The environment variable ${names}, for the key of this model, is not set ${where}`),
    ];
  });
}

function headersOf(entry: Node): Node[] {
  const headers = findNodeAtLocation(entry, ["headers"]);
  if (headers?.type !== "object") return [];
  return (headers.children ?? []).flatMap((property) => {
    const value = property.children?.[1];
    return value?.type === "string" ? value : [];
  });
}

function keyVariables(modelType: string): readonly string[] {
  const known: Partial<Record<string, { keyVariables: readonly string[] }>> = providers;
  return Object.hasOwn(providers, modelType) ? (known[modelType]?.keyVariables ?? []) : [];
}
