import type { AwaitExpression, CallExpression, Node } from "@babel/types";
import { type AgentBindings, agentBindings, bare, nameOf } from "./agentBindings.js";
import { isIndependent } from "./independentRounds.js";
import { isAgentCall, type Loop, type LoopScope, loopScope } from "./loopScope.js";
import { type Tree, visit } from "./parseScript.js";

/** An agent's answer that is awaited within a loop whose rounds could go on side by side. */
export interface AwaitInLoop {
  loop: Loop;
  awaited: AwaitExpression;
  call: CallExpression;
}

/**
 * Loops that ask another agent in each round and wait for its answer, though no later round needs it: the agents work one after the
 * other, where they could work at the same time.
 *
 * A loop of which that is not certain is left alone. One agent that is asked again and again is no finding: an agent answers one call
 * at a time anyhow. Neither is a script with a `msgHub`, whose agents hear each other.
 */
export function awaitsInLoops(tree: Tree): AwaitInLoop[] {
  if (usesHub(tree)) return [];
  const bindings = agentBindings(tree);
  const found: AwaitInLoop[] = [];
  visit(tree, (node) => {
    if (node.type === "ForOfStatement" && !node.await) found.push(...findings(node, bindings));
    else if (node.type === "ForStatement") found.push(...findings(node, bindings));
  });
  return found;
}

function usesHub(tree: Tree): boolean {
  return tree.program.body.some(
    (node) =>
      node.type === "ImportDeclaration" &&
      node.specifiers.some((one) => one.type === "ImportSpecifier" && /^msgHub$/i.test(importedName(one.imported))),
  );
}

function importedName(node: Node): string {
  return node.type === "StringLiteral" ? node.value : (nameOf(node) ?? "");
}

function findings(loop: Loop, bindings: AgentBindings): AwaitInLoop[] {
  const scope = loopScope(loop, bindings);
  if (scope === undefined) return [];
  const awaits = awaitsOf(loop.body);
  const found: AwaitInLoop[] = [];
  for (const awaited of awaits) {
    const call = awaitedCall(awaited, scope);
    // Whoever waits for something else in between wants this order, or a pause.
    if (call === undefined) return [];
    found.push({ loop, awaited, call });
  }
  if (found.length === 0 || !isIndependent(loop.body, scope)) return [];
  return found.slice(0, 1);
}

/** The call whose answer is awaited, be it as a whole or one field of it. */
function awaitedCall({ argument }: AwaitExpression, scope: LoopScope): CallExpression | undefined {
  const value = bare(argument);
  const whole = value.type === "MemberExpression" ? bare(value.object) : value;
  if (isAgentCall(whole, scope)) return whole;
  return scope.results.get(nameOf(whole) ?? "");
}

/** Those of the loop's own rounds, not of functions in it. */
function awaitsOf(body: Node): AwaitExpression[] {
  const found: AwaitExpression[] = [];
  visit(body, (node) => {
    if (isFunction(node)) return false;
    if (node.type === "AwaitExpression") found.push(node);
    return true;
  });
  return found;
}

function isFunction({ type }: Node): boolean {
  return /Function|ObjectMethod|ClassMethod|ClassBody/.test(type);
}
