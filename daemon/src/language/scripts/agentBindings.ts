import type { Node } from "@babel/types";
import { type Tree, visit } from "./parseScript.js";

/** What a script's names stand for, as far as its own text tells: types are not known here. */
export interface AgentBindings {
  /** Names of what was made by `new`, perhaps put on a server by `toDist`: an agent, where it is called. */
  agents: ReadonlySet<string>;
  /** Names of arrays of such. */
  lists: ReadonlySet<string>;
  /** Names whose value may become another one after their declaration, or be changed from within. */
  changed: ReadonlySet<string>;
}

/** Only names that are declared once in a script stand for something: of others it is not known which one is meant. */
export function agentBindings(tree: Tree): AgentBindings {
  const declared = new Map<string, number>();
  const changed = new Set<string>();
  const values = new Map<string, Node>();
  visit(tree, (node) => {
    for (const name of declaredNames(node)) declared.set(name, (declared.get(name) ?? 0) + 1);
    if (node.type === "VariableDeclarator" && node.id.type === "Identifier" && node.init)
      values.set(node.id.name, node.init);
    for (const name of changedNames(node)) changed.add(name);
  });
  const once = (name: string) => declared.get(name) === 1 && !changed.has(name);
  const agents = new Set<string>();
  const lists = new Set<string>();
  for (const [name, value] of values) {
    if (!once(name)) continue;
    if (isAgent(value, agents)) agents.add(name);
    else if (isAgentList(value, agents)) lists.add(name);
  }
  for (const [name, count] of declared) if (count > 1) changed.add(name);
  return { agents, lists, changed };
}

/** An expression that makes an agent, or names one. */
export function isAgent(node: Node, agents: ReadonlySet<string>): boolean {
  const value = bare(node);
  switch (value.type) {
    case "NewExpression":
      return true;
    case "Identifier":
      return agents.has(value.name);
    case "CallExpression": {
      const { callee } = value;
      return (
        callee.type === "MemberExpression" && nameOf(callee.property) === "toDist" && isAgent(callee.object, agents)
      );
    }
    default:
      return false;
  }
}

export function isAgentList(node: Node, agents: ReadonlySet<string>): boolean {
  const value = bare(node);
  if (value.type === "ArrayExpression") {
    return value.elements.length > 0 && value.elements.every((one) => one !== null && isAgent(one, agents));
  }
  if (value.type !== "CallExpression" || value.callee.type !== "MemberExpression") return false;
  const { object, property } = value.callee;
  const isFrom = nameOf(object) === "Array" && nameOf(property) === "from";
  const make = value.arguments[isFrom ? 1 : 0];
  if (!isFrom && nameOf(property) !== "map") return false;
  if (make?.type !== "ArrowFunctionExpression") return false;
  return make.body.type !== "BlockStatement" && isAgent(make.body, agents);
}

/** Without what changes nothing at run time, and without `await`. */
export function bare(node: Node): Node {
  switch (node.type) {
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "TSNonNullExpression":
    case "TSTypeAssertion":
    case "ParenthesizedExpression":
      return bare(node.expression);
    case "AwaitExpression":
      return bare(node.argument);
    default:
      return node;
  }
}

/** The name of an identifier; undefined for anything else. */
export function nameOf(node: Node | null | undefined): string | undefined {
  return node?.type === "Identifier" ? node.name : undefined;
}

/** The name that a chain of properties begins with. */
export function rootName(node: Node): string | undefined {
  const value = bare(node);
  if (value.type === "MemberExpression" || value.type === "OptionalMemberExpression") return rootName(value.object);
  return nameOf(value);
}

/** The names that a pattern declares or sets. */
export function patternNames(node: Node): string[] {
  switch (node.type) {
    case "Identifier":
      return [node.name];
    case "ArrayPattern":
      return node.elements.flatMap((one) => (one ? patternNames(one) : []));
    case "ObjectPattern":
      return node.properties.flatMap((one) => patternNames(one.type === "RestElement" ? one.argument : one.value));
    case "AssignmentPattern":
      return patternNames(node.left);
    case "RestElement":
      return patternNames(node.argument);
    case "TSParameterProperty":
      return patternNames(node.parameter);
    default: {
      const root = rootName(node);
      return root === undefined ? [] : [root];
    }
  }
}

function declaredNames(node: Node): string[] {
  switch (node.type) {
    case "VariableDeclarator":
      return patternNames(node.id);
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
    case "ObjectMethod":
    case "ClassMethod": {
      const own = node.type === "FunctionDeclaration" && node.id ? [node.id.name] : [];
      return [...own, ...node.params.flatMap((one) => patternNames(one))];
    }
    case "CatchClause":
      return node.param ? patternNames(node.param) : [];
    case "ClassDeclaration":
      return node.id ? [node.id.name] : [];
    default:
      return [];
  }
}

/** Reading from these changes nothing. */
const readingMethods = new Set([
  ...["entries", "values", "keys", "map", "filter", "slice", "at", "join", "includes", "forEach", "find", "toDist"],
  ...["flatMap", "concat", "some", "every", "reduce", "toString", "trim", "split", "toUpperCase", "toLowerCase"],
]);

function changedNames(node: Node): string[] {
  switch (node.type) {
    case "AssignmentExpression":
      return patternNames(node.left);
    case "UpdateExpression":
      return patternNames(node.argument);
    case "CallExpression": {
      const { callee } = node;
      // `agents[i](…)` calls an agent.
      if (callee.type === "MemberExpression" && callee.computed && callee.property.type !== "StringLiteral") return [];
      if (callee.type !== "MemberExpression" || readingMethods.has(nameOf(callee.property) ?? "")) return [];
      return patternNames(callee.object);
    }
    default:
      return [];
  }
}
