import { ownPath } from "./ownPath.js";
import { sourcePosition } from "./sourcePosition.js";

/** Of a stack only so many lines are looked at: it is text that the program made. */
const maxLines = 50;
/** `at name (where:line:column)`, or without a name. */
const frame = /^\s+at (?:.*\()?(.+?):(\d+):(\d+)\)?$/;

/** Whoever runs TypeScript has Node map stacks by itself. */
const isSource = /\.[cm]?tsx?$/;

/**
 * `file:line:column` of the first code of the program's own in an error's stack, in the source that it was compiled from; undefined
 * where there is none.
 *
 * @param stack of an error that was thrown in this process, or in another one with the same files.
 */
export function thrownSite(stack: string): string | undefined {
  for (const line of stack.split("\n", maxLines)) {
    const [, name, lineNumber, column] = frame.exec(line) ?? [];
    const path = ownPath(name);
    if (path === undefined) continue;
    if (isSource.test(path)) return `${path}:${lineNumber}:${column}`;
    return sourcePosition(path, Number(lineNumber), Number(column));
  }
  return undefined;
}
