/** A place in a file, counted from 1, as calls and errors are told of. */
export interface SourcePlace {
  path: string;
  line: number;
  column: number;
}

const form = /^(.+):(\d+):(\d+)$/s;

/** Undefined for what has not the form `file:line:column`: it comes from another process. */
export function sourcePlace(text: string): SourcePlace | undefined {
  const [, path, line, column] = form.exec(text) ?? [];
  return path === undefined ? undefined : { path, line: Number(line), column: Number(column) };
}
