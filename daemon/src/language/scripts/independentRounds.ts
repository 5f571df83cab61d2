import type { CallExpression, Node } from "@babel/types";
import { bare, nameOf, rootName } from "./agentBindings.js";
import { isAgentCall, type LoopScope } from "./loopScope.js";
import { childrenOf, visit } from "./parseScript.js";

/** What may stand in what an agent is asked: it takes its value from names alone. */
const plainTypes = new Set([
  ...["Identifier", "StringLiteral", "NumericLiteral", "BooleanLiteral", "NullLiteral", "TemplateLiteral"],
  ...["TemplateElement", "MemberExpression", "OptionalMemberExpression", "ArrayExpression", "ObjectExpression"],
  ...["ObjectProperty", "SpreadElement", "NewExpression", "BinaryExpression", "LogicalExpression"],
  ...["ConditionalExpression", "UnaryExpression", "TSAsExpression", "TSSatisfiesExpression", "TSNonNullExpression"],
  ...["ParenthesizedExpression", "AwaitExpression", "CallExpression"],
]);

/** These end the loop, or lead somewhere else, by what a round has found. */
const endingTypes = new Set([
  ...["BreakStatement", "ReturnStatement", "ThrowStatement", "YieldExpression", "LabeledStatement"],
  ...["ForStatement", "ForOfStatement", "ForInStatement", "WhileStatement", "DoWhileStatement"],
]);

/** Whether no round of a loop needs what a round before it has found. */
export function isIndependent(body: Node, scope: LoopScope): boolean {
  const calls: CallExpression[] = [];
  let hasEnd = false;
  visit(body, (node) => {
    hasEnd ||= endingTypes.has(node.type);
    if (node.type === "CallExpression") calls.push(node);
  });
  if (hasEnd) return false;
  const asked = calls.filter((call) => isAgentCall(call, scope));
  const others = calls.filter((call) => !asked.includes(call));
  const givenAway = new Set(others.flatMap((call) => call.arguments.flatMap((one) => rootName(one) ?? [])));
  return (
    others.every((call) => isHarmless(call, scope)) &&
    asked.every((call) => call.arguments.every((one) => isPlain(one, scope, givenAway)))
  );
}

/** Whether a call in a loop speaks to no agent. */
function isHarmless({ callee, arguments: given }: CallExpression, { bindings, varying }: LoopScope): boolean {
  const isAgentName = (name: string | undefined) =>
    name !== undefined && (varying.has(name) || bindings.agents.has(name) || bindings.lists.has(name));
  const makesAgent = callee.type === "MemberExpression" && nameOf(callee.property) === "toDist";
  return makesAgent || !(isAgentName(rootName(callee)) || given.some((one) => isAgentName(nameOf(bare(one)))));
}

/** Whether an argument of an agent's call depends on nothing that a round may have changed. */
function isPlain(node: Node, scope: LoopScope, givenAway: ReadonlySet<string>): boolean {
  if (!plainTypes.has(node.type)) return false;
  const areAllPlain = (nodes: Node[]) => nodes.every((one) => isPlain(one, scope, givenAway));
  if (node.type === "CallExpression") return isAgentCall(node, scope) && areAllPlain(node.arguments);
  const name = nameOf(node);
  if (name === undefined) return areAllPlain(childrenOf(node).filter((child) => !isFieldName(node, child)));
  if (scope.given.has(name)) return true;
  const value = scope.values.get(name);
  if (value !== undefined) return isPlain(value, scope, givenAway);
  // Whoever is given it may change what is in it.
  return !scope.bindings.changed.has(name) && !givenAway.has(name);
}

/** The name of a property is no name of a value, and a type is none either. */
function isFieldName(node: Node, child: Node): boolean {
  if (node.type === "ObjectProperty") return child === node.key && !node.computed;
  if (node.type === "MemberExpression" || node.type === "OptionalMemberExpression")
    return child === node.property && !node.computed;
  return child.type.startsWith("TS") && !plainTypes.has(child.type);
}
