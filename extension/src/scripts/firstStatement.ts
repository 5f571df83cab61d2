/**
 * The line of the first statement that does something when the file is run: behind imports, comments and declarations. Undefined
 * for a module that only declares: it is imported, and not run.
 *
 * Looks at lines that begin at the margin, as top-level statements do in formatted code.
 *
 * @param text TypeScript or JavaScript
 * @returns counted from 0
 */
export function firstStatement(text: string): number | undefined {
  let first: number | undefined;
  for (const { line, code } of topLevelLines(text)) {
    if (isDeclared.test(code)) continue;
    first ??= line;
    if (doesSomething.test(code)) return first;
  }
  return undefined;
}

/** Types, classes, functions, what is exported, decorators; ends of what began before. */
const isDeclared =
  /^(?:import\b(?!\s*[(.])|export|type|interface|declare|namespace|abstract|class|enum|const enum|async function|function|@|[})\]]|["']use )/;
/** A value alone may belong to a module; these are what a script has. */
const doesSomething =
  /\bawait\b|\.toDist\(|^(?:for|if|while|do|try|switch|using|void|throw|new)\b|^[\w$.[\]]+\s*(?:\(|\+?=[^=>])|^\(/;

/** Lines that begin at the margin, without those inside of comments and texts. */
function* topLevelLines(text: string): Generator<{ line: number; code: string }> {
  let inside: "comment" | "template" | undefined;
  for (const [line, written] of text.split("\n").entries()) {
    const begunInside = inside;
    const code = written.replaceAll(/\/\*.*?\*\//g, "").replace(/\/\/(?!.*["'`]).*$/, "");
    if (inside === "comment") {
      if (code.includes("*/")) inside = undefined;
      continue;
    }
    if (inside === undefined && /\/\*/.test(code)) {
      inside = "comment";
    } else {
      const marks = code.match(/(?<!\\)`/g)?.length ?? 0;
      if (marks % 2 === 1) inside = inside === undefined ? "template" : undefined;
    }
    if (begunInside === undefined && /^[^\s#/*]/.test(code)) yield { line, code: code.trim() };
  }
}
