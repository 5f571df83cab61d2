import type { CallExpression, OptionalCallExpression } from "@babel/types";
import { type Tree, visit } from "./parseScript.js";

/** A call in a text, by offsets. */
export interface ScriptCall {
  /** Where what is called begins. */
  start: number;
  /** Where the arguments begin. */
  headEnd: number;
  end: number;
}

/** The calls in a tree, outer ones before those in them. */
export function callsOf(tree: Tree): ScriptCall[] {
  const calls: ScriptCall[] = [];
  visit(tree, (node) => {
    if (node.type === "CallExpression" || node.type === "OptionalCallExpression") calls.push(scriptCall(node));
  });
  return calls;
}

function scriptCall({ start, end, arguments: [first] }: CallExpression | OptionalCallExpression): ScriptCall {
  return { start: start ?? 0, end: end ?? 0, headEnd: first?.start ?? end ?? 0 };
}

/**
 * The call that a stack means by a place: engines name the callee, the property that is called, or the bracket before the arguments.
 */
export function callAt(calls: readonly ScriptCall[], offset: number): ScriptCall | undefined {
  let found: ScriptCall | undefined;
  for (const call of calls) {
    const holds = call.start <= offset && offset < call.headEnd;
    if (holds && (found === undefined || call.headEnd - call.start < found.headEnd - found.start)) found = call;
  }
  return found;
}
