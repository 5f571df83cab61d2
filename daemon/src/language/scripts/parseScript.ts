import { createRequire } from "node:module";
import type * as Parser from "@babel/parser";
import type { File, Node } from "@babel/types";

/** A syntax tree with places; what can't be understood is left out of it. */
export type Tree = File;

/** Longer texts are not looked at: they are made by programs. */
const longestScript = 500_000;

const plugins: Parser.ParserPlugin[] = ["decorators", "explicitResourceManagement", "importAttributes"];

/** The tree of a script; undefined where its text is none at the moment, or too long. @param path tells TypeScript from JavaScript. */
export function parseScript(text: string, path: string): Tree | undefined {
  if (text.length > longestScript) return undefined;
  const isJsx = /\.[jt]sx$/.test(path);
  const isTypeScript = /\.[cm]?tsx?$/.test(path);
  try {
    // Loaded with the first script: a daemon whose clients edit none does without.
    const { parse } = createRequire(import.meta.url)("@babel/parser") as typeof Parser;
    return parse(text, {
      sourceType: "unambiguous",
      errorRecovery: true,
      allowAwaitOutsideFunction: true,
      allowReturnOutsideFunction: true,
      plugins: [...plugins, ...(isTypeScript ? ["typescript" as const] : []), ...(isJsx ? ["jsx" as const] : [])],
    });
  } catch {
    return undefined;
  }
}

/** Visits a tree, each node before what is in it. @param enter false: what is in the node is left out. */
export function visit(node: Node, enter: (node: Node, parents: readonly Node[]) => boolean | void): void {
  const parents: Node[] = [];
  const go = (one: Node): void => {
    if (enter(one, parents) === false) return;
    parents.push(one);
    for (const child of childrenOf(one)) go(child);
    parents.pop();
  };
  go(node);
}

export function childrenOf(node: Node): Node[] {
  const children: Node[] = [];
  for (const value of Object.values(node) as unknown[]) {
    if (Array.isArray(value)) children.push(...value.filter(isNode));
    else if (isNode(value)) children.push(value);
  }
  return children;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string" && "start" in value;
}
