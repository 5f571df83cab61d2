import type { Statement } from "@babel/types";
import { nameOf } from "./agentBindings.js";
import type { AwaitInLoop } from "./awaitInLoop.js";
import { visit } from "./parseScript.js";

/** A piece of a text, by offsets, and what stands there instead. */
export interface Replacement {
  start: number;
  end: number;
  text: string;
}

/**
 * The loop with all agents called first, where that is simple: answers keep their order. Undefined for other loops.
 *
 * - `for (const a of all) answers.push(await a(x))` → `answers.push(...(await Promise.all(all.map((a) => a(x)))))`
 * - `for (const a of all) { const r = await a(x); … }`, without `a` in the rest → `for await (const r of all.map((a) => a(x))) { …`
 */
export function sideBySide({ loop, awaited, call }: AwaitInLoop, text: string): Replacement | undefined {
  if (loop.type !== "ForOfStatement" || loop.left.type !== "VariableDeclaration" || awaited.argument !== call)
    return undefined;
  const agent = nameOf(loop.left.declarations[0]?.id);
  if (agent === undefined || nameOf(call.callee) !== agent) return undefined;
  const [first, ...rest] = loop.body.type === "BlockStatement" ? loop.body.body : [loop.body];
  const source = ({ start, end }: { start?: number | null; end?: number | null }) => text.slice(start ?? 0, end ?? 0);
  const all = `${source(loop.right)}.map((${agent}) => ${source(call)})`;
  const list = first === undefined || rest.length > 0 ? undefined : pushedOnto(first, awaited);
  if (list !== undefined) {
    const replaced = `${source(list)}.push(...(await Promise.all(${all})));`;
    return { start: loop.start ?? 0, end: loop.end ?? 0, text: replaced };
  }
  const answer = first === undefined ? undefined : declaredAnswer(first, awaited);
  if (first === undefined || answer === undefined || rest.some((one) => mentions(one, agent))) return undefined;
  return { start: loop.start ?? 0, end: first.end ?? 0, text: `for await (const ${answer} of ${all}) {` };
}

/** The array to which a statement adds what is awaited, and nothing else. */
function pushedOnto(statement: Statement, awaited: AwaitInLoop["awaited"]) {
  if (statement.type !== "ExpressionStatement" || statement.expression.type !== "CallExpression") return undefined;
  const { callee, arguments: given } = statement.expression;
  if (callee.type !== "MemberExpression" || nameOf(callee.property) !== "push") return undefined;
  return given.length === 1 && given[0] === awaited ? callee.object : undefined;
}

/** The name that a statement gives to what is awaited. */
function declaredAnswer(statement: Statement, awaited: AwaitInLoop["awaited"]): string | undefined {
  if (statement.type !== "VariableDeclaration" || statement.declarations.length !== 1) return undefined;
  const [declared] = statement.declarations;
  if (declared?.init !== awaited || declared.id.type !== "Identifier" || declared.id.typeAnnotation) return undefined;
  return declared.id.name;
}

function mentions(statement: Statement, name: string): boolean {
  let isThere = false;
  visit(statement, (node) => {
    isThere ||= nameOf(node) === name;
  });
  return isThere;
}
