import type { CallExpression, ForOfStatement, ForStatement, Node, VariableDeclaration } from "@babel/types";
import { type AgentBindings, bare, isAgent, isAgentList, nameOf, patternNames } from "./agentBindings.js";

export type Loop = ForOfStatement | ForStatement;

/** The names that a loop has of its own. */
export interface LoopScope {
  bindings: AgentBindings;
  /** Those that each round gets from the loop. */
  given: Set<string>;
  /** What the names that a round declares by `const` stand for. */
  values: Map<string, Node>;
  /** Names that are another agent in each round. */
  varying: Set<string>;
  /** Names that count the rounds. */
  indexes: Set<string>;
  /** Names of what an agent will answer. */
  results: Map<string, CallExpression>;
}

/** Undefined for a loop that is written in another way than people write loops over agents. */
export function loopScope(loop: Loop, bindings: AgentBindings): LoopScope | undefined {
  const scope: LoopScope = {
    bindings,
    given: new Set(),
    values: new Map(),
    varying: new Set(),
    indexes: new Set(),
    results: new Map(),
  };
  const isKnown = loop.type === "ForOfStatement" ? takeElements(loop, scope) : takeCounter(loop, scope);
  if (!isKnown) return undefined;
  if (loop.body.type !== "BlockStatement") return scope;
  for (const statement of loop.body.body)
    if (statement.type === "VariableDeclaration") takeDeclaration(statement, scope);
  return scope;
}

/** `for (const agent of agents)`, `for (const [index, agent] of agents.entries())`. */
function takeElements({ left, right }: ForOfStatement, scope: LoopScope): boolean {
  if (left.type !== "VariableDeclaration" || left.kind !== "const") return false;
  const [declared] = left.declarations;
  if (declared === undefined) return false;
  const { id } = declared;
  for (const name of patternNames(id)) scope.given.add(name);
  if (id.type === "Identifier" && isList(right, scope.bindings)) scope.varying.add(id.name);
  const whole = entriesOf(right);
  if (id.type !== "ArrayPattern" || whole === undefined || !isList(whole, scope.bindings)) return true;
  const [index, agent] = [nameOf(id.elements[0]), nameOf(id.elements[1])];
  if (index !== undefined) scope.indexes.add(index);
  if (agent !== undefined) scope.varying.add(agent);
  return true;
}

/** `for (let i = 0; …)` */
function takeCounter({ init }: ForStatement, scope: LoopScope): boolean {
  if (init?.type !== "VariableDeclaration") return false;
  for (const name of init.declarations.flatMap(({ id }) => patternNames(id))) {
    scope.given.add(name);
    scope.indexes.add(name);
  }
  return true;
}

function takeDeclaration({ kind, declarations }: VariableDeclaration, scope: LoopScope): void {
  if (kind !== "const") return;
  for (const { id, init } of declarations) {
    if (!init) continue;
    for (const name of patternNames(id)) scope.values.set(name, init);
    const name = nameOf(id);
    if (name === undefined) continue;
    const value = bare(init);
    if (isAgentCall(value, scope)) {
      if (init.type !== "AwaitExpression") scope.results.set(name, value);
    } else if (isAgent(value, new Set()) && value.type !== "NewExpression") {
      // Made in each round, and put on a server: without that it is not known to be an agent.
      scope.varying.add(name);
    }
  }
}

function isList(node: Node, { agents, lists }: AgentBindings): boolean {
  const name = nameOf(bare(node));
  return name === undefined ? isAgentList(node, agents) : lists.has(name);
}

/** That of which the entries are gone through. */
function entriesOf(node: Node): Node | undefined {
  if (node.type !== "CallExpression" || node.callee.type !== "MemberExpression") return undefined;
  return nameOf(node.callee.property) === "entries" ? node.callee.object : undefined;
}

/** A call of an agent that is another one in each round. */
export function isAgentCall(node: Node, { varying, indexes, bindings }: LoopScope): node is CallExpression {
  if (node.type !== "CallExpression") return false;
  const callee = bare(node.callee);
  const name = nameOf(callee);
  if (name !== undefined) return varying.has(name);
  if (callee.type !== "MemberExpression" || !callee.computed) return false;
  return bindings.lists.has(nameOf(bare(callee.object)) ?? "") && indexes.has(nameOf(callee.property) ?? "");
}
